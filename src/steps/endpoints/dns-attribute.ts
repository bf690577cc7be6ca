import { findHostedZones } from '../../aws/hosted-zone.ts';
import { readOrUnknown } from '../../aws/refused.ts';
import { type DnsAttribute, ensureDnsAttribute, findDnsAttribute, findVpc, waitDnsAttribute } from '../../aws/vpc.ts';
import { findVpcEndpoints } from '../../aws/vpc-endpoint.ts';
import type { User } from '../../engine/types.ts';
import type { Json } from '../../ports.ts';
import { type ChangeKind, reporting } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { text, texts, truth } from '../fields.ts';

const attributeIn = (after: Json): DnsAttribute =>
  text(after, 'attribute') === 'enableDnsSupport' ? 'enableDnsSupport' : 'enableDnsHostnames';

/** The endpoints that had private DNS before, to no effect; journals of version 0.1.0 do not say. */
export const privateDnsOf = (before: Json): readonly string[] =>
  typeof before === 'object' && before !== null && 'privateDnsOf' in before ? texts(before, 'privateDnsOf') : [];

/** The endpoints of the VPC that have private DNS and had not before. */
async function endpointsNeeding(vpcId: string, before: Json, ctx: StepContext): Promise<readonly User[]> {
  const stoodBefore = privateDnsOf(before);
  const endpoints = (await findVpcEndpoints(vpcId, ctx)).filter(
    ({ id, privateDns, state }) => privateDns && state !== 'deleting' && !stoodBefore.includes(id),
  );
  return endpoints.map(({ id, serviceName }) => ({ id, what: `private DNS of ${id} (${serviceName}) needs it` }));
}

/**
 * Private hosted zones that were associated with the VPC since: they resolve only with both attributes on. Those that stood
 * before did without. Zones that AWS's services own belong to endpoints.
 */
async function zonesNeeding(vpcId: string, before: Json, ctx: StepContext): Promise<readonly User[]> {
  const stood = zonesIn(before);
  const zones = await readOrUnknown('route53:ListHostedZonesByVPC', () => findHostedZones(vpcId, ctx));
  if (stood === null || !zones.known) return [];
  return zones.value
    .filter(({ id, owner }) => !owner.endsWith('amazonaws.com') && !stood.includes(id))
    .map(({ id, name }) => ({ id, what: `private hosted zone ${name} (${id}), associated since, needs it` }));
}

/** The zones that were associated when the change was planned; null where that was not known. */
function zonesIn(before: Json): readonly string[] | null {
  return typeof before === 'object' && before !== null && 'zones' in before && before.zones !== null ? texts(before, 'zones') : null;
}

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
    return {
      state: 'as-made',
      aws: { value },
      inUseBy: [...(await endpointsNeeding(vpcId, before, ctx)), ...(await zonesNeeding(vpcId, before, ctx))],
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
