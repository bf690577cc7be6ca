import { type DnsAttribute, ensureDnsAttribute, findDnsAttribute, findVpc, waitDnsAttribute } from '../../aws/vpc.ts';
import { findVpcEndpoints } from '../../aws/vpc-endpoint.ts';
import type { Json } from '../../ports.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import { text, texts, truth } from '../fields.ts';

const attributeIn = (after: Json): DnsAttribute =>
  text(after, 'attribute') === 'enableDnsSupport' ? 'enableDnsSupport' : 'enableDnsHostnames';

/** The endpoints that had private DNS before, to no effect; journals of version 0.1.0 do not say. */
export const privateDnsOf = (before: Json): readonly string[] =>
  typeof before === 'object' && before !== null && 'privateDnsOf' in before ? texts(before, 'privateDnsOf') : [];

/** Turning a VPC's DNS attribute on. */
export const dnsAttribute: ChangeKind = {
  kind: 'dns-attribute',
  async apply({ change: { after } }, ctx) {
    const vpcId = text(after, 'vpcId');
    await ensureDnsAttribute(vpcId, attributeIn(after), truth(after, 'value'), ctx);
    return { id: vpcId, fields: {} };
  },
  async wait(applied, ctx) {
    const { after } = applied.change;
    await waitDnsAttribute(text(after, 'vpcId'), attributeIn(after), truth(after, 'value'), ctx, reporting(applied, ctx));
  },
  async inspect({ change: { before, after } }, ctx) {
    const vpcId = text(after, 'vpcId');
    if ((await findVpc(vpcId, ctx)) === undefined) return { state: 'gone' };
    const value = await findDnsAttribute(vpcId, attributeIn(after), ctx);
    if (value === truth(before, 'value')) return { state: 'as-before', aws: { value } };
    const stoodBefore = privateDnsOf(before);
    const endpoints = (await findVpcEndpoints(vpcId, ctx)).filter(
      ({ id, privateDns, state }) => privateDns && state !== 'deleting' && !stoodBefore.includes(id),
    );
    return {
      state: 'as-made',
      aws: { value },
      inUseBy: endpoints.map(({ id, serviceName }) => `private DNS of ${id} (${serviceName}) needs it`),
    };
  },
  async undo(applied, ctx) {
    const { before, after } = applied.change;
    const vpcId = text(after, 'vpcId');
    if ((await findVpc(vpcId, ctx)) === undefined) return;
    await ensureDnsAttribute(vpcId, attributeIn(after), truth(before, 'value'), ctx);
    await waitDnsAttribute(vpcId, attributeIn(after), truth(before, 'value'), ctx, reporting(applied, ctx));
  },
};
