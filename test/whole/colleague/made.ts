// What this tool made, as it lies in a world: read anew from it each time.
import type { Address, NatGateway, RouteTable, SecurityGroup, VpcEndpoint } from '../../../src/sandbox/ec2/state.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { quiltWorld } from '../../support/quilt-world.ts';

type Marked = { readonly tags: { readonly [key: string]: string } };

export class Made {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  get bucketName(): string {
    return this.#world.hints.testBucket;
  }

  get bucketPolicy(): string | null {
    return this.#world.s3.buckets[this.bucketName]?.policy ?? null;
  }

  get policies() {
    return Object.values(this.#organization.policies);
  }

  get scp() {
    return this.policies.find(({ name }) => name === 'QuiltDataPerimeter');
  }

  /** Ids of what the SCP is attached to. */
  get scpTargets(): readonly string[] {
    const id = this.scp?.id;
    return Object.values(this.#organization.attachments)
      .flat()
      .filter(({ policyId }) => policyId === id)
      .map(({ targetId }) => targetId);
  }

  /** A unit that the Quilt account is not in. */
  get sandboxUnit(): string {
    return Object.values(this.#organization.units).find(({ name }) => name === 'Sandbox')?.id ?? '';
  }

  get stack() {
    return quiltWorld(this.#world).stack;
  }

  readonly parameter = 'ApiGatewayVPCEndpointId';

  /** The input of UpdateStack that changes these parameters and nothing else. */
  update(values: { readonly [key: string]: string }) {
    const { content, name } = this.stack;
    return {
      StackName: name,
      UsePreviousTemplate: true,
      Capabilities: content.capabilities,
      Parameters: Object.keys(content.parameters).map((ParameterKey) => {
        const ParameterValue = values[ParameterKey];
        return ParameterValue === undefined ? { ParameterKey, UsePreviousValue: true } : { ParameterKey, ParameterValue };
      }),
    };
  }

  /** A second stack whose parameter holds our endpoint. */
  secondStack(): void {
    const { stack } = this;
    const id = stack.id.replace(stack.name, 'theirs');
    this.#world.cloudformation.stacks[id] = { ...structuredClone(stack), id, name: 'theirs' };
  }

  endpoint(type: VpcEndpoint['type']): VpcEndpoint | undefined {
    return this.#marked(this.#world.ec2.vpcEndpoints).find((endpoint) => endpoint.type === type && endpoint.deleteRequestedAt === null);
  }

  /** The id of an endpoint for API Gateway that somebody else made. */
  get theirEndpoint(): string {
    const isTheirs = ({ serviceName, tags }: VpcEndpoint) =>
      serviceName.endsWith('execute-api') && tags['quilt-perimeter:key'] === undefined;
    return Object.values(this.#world.ec2.vpcEndpoints).find((each) => each.vpcId === this.vpc && isTheirs(each))?.id ?? '';
  }

  get group(): SecurityGroup | undefined {
    return this.#marked(this.#world.ec2.securityGroups)[0];
  }

  get natGateway(): NatGateway | undefined {
    return this.#marked(this.#world.ec2.natGateways).find(({ deleteRequestedAt }) => deleteRequestedAt === null);
  }

  get address(): Address | undefined {
    return this.#marked(this.#world.ec2.addresses)[0];
  }

  /** The VPC's tables by kind. */
  tables(kind: string): readonly RouteTable[] {
    return quiltWorld(this.#world).tables(kind);
  }

  get vpc(): string {
    return this.#world.hints.vpc;
  }

  get internetGateway(): string {
    return Object.values(this.#world.ec2.internetGateways).find(({ vpcId }) => vpcId === this.vpc)?.id ?? '';
  }

  /** An interface that has nothing to do with this tool. */
  get someInterface(): string {
    return Object.keys(this.#world.ec2.networkInterfaces)[0] ?? '';
  }

  get world(): World {
    return this.#world;
  }

  #marked<T extends Marked>(things: { readonly [id: string]: T }): readonly T[] {
    return Object.values(things).filter(({ tags }) => tags['quilt-perimeter:key'] !== undefined || tags.Theirs !== undefined);
  }

  get #organization() {
    return quiltWorld(this.#world).organization;
  }
}
