// Identities, buckets and the stack.
import type { StackContent } from '../../src/sandbox/cloudformation/state.ts';
import type { BucketState } from '../../src/sandbox/s3/state.ts';
import { newObject } from '../../src/sandbox/s3/state.ts';
import { addBucket, officeOnly, tlsOnly } from '../../src/sandbox/scenarios/buckets.ts';
import { accounts, addresses } from '../../src/sandbox/scenarios/company.ts';
import { addInterfaceEndpoint } from '../../src/sandbox/scenarios/endpoints.ts';
import { addRole, addUser, handOut } from '../../src/sandbox/scenarios/identities.ts';
import { addInterface, addSecurityGroup } from '../../src/sandbox/scenarios/network.ts';
import { physicalIdIn } from '../../src/sandbox/scenarios/stack.ts';
import { quiltTemplate } from '../../src/sandbox/scenarios/template.ts';
import type { AccessKey } from '../../src/sandbox/world.ts';
import { elsewhere, type QuiltWorld } from '../support/quilt-world.ts';
import { addressIn, type BuiltNetwork, ownerTags } from './build-network.ts';
import type { AccountParts, BucketParts, Landscape, StackParts } from './parts.ts';

/** Puts the stack into the network, and into the state that it is in. */
export function buildStack(named: QuiltWorld, parts: StackParts, network: BuiltNetwork): void {
  const { stack, draft } = named;
  const { content } = stack;
  const ids = (subnets: readonly { readonly id: string }[]) => subnets.map(({ id }) => id).join(',');
  if (parts.parameter !== 'ApiGatewayVPCEndpointId') {
    const name = parts.parameter === 'none' ? null : parts.parameter;
    const { ApiGatewayVPCEndpointId: _old, ...others } = content.parameters;
    content.template = quiltTemplate(name);
    content.parameters = name === null ? others : { ...others, [name]: '' };
  }
  content.parameters.Subnets = ids(network.stackSubnets);
  content.parameters.UserSubnets = ids(network.userSubnets);
  if (parts.value === 'another-endpoint' && parts.parameter !== 'none') content.parameters[parts.parameter] = endpointOfTheVpn(named);
  for (const [index, subnet] of network.stackSubnets.entries())
    addInterface(draft, subnet, {
      name: `packager-${index}`,
      privateIp: addressIn(subnet, 21),
      interfaceType: 'lambda',
      description: 'AWS Lambda VPC ENI-quilt-prod-packager',
      attachedTo: physicalIdIn(stack, 'PackagerFunction'),
      requesterId: 'AROASANDBOXLAMBDA:quilt-prod-packager',
    });
  changeTemplate(content, parts);
  // As CloudFormation records it of every update that sent it.
  if (parts.transform) content.capabilities.push('CAPABILITY_AUTO_EXPAND');
  stack.status = parts.status;
  Object.assign(content.tags, ownerTags(parts.owner === 'cloudformation' ? 'nobody' : parts.owner));
  stack.stackPolicy = stackPolicyOf(parts.policy);
  if (parts.isNested) {
    stack.parentId = stack.id.replace('quilt-prod', 'parent');
    stack.rootId = stack.parentId;
  }
  for (let index = 0; index < parts.otherChangeSets; index += 1) addChangeSet(named, `colleagues-${index}`);
}

function endpointOfTheVpn({ draft, vpn }: QuiltWorld): string {
  const group = addSecurityGroup(draft, vpn, { name: 'vpn-api', description: 'Of an endpoint' });
  return addInterfaceEndpoint(draft, vpn, { name: 'vpn-api', service: 'execute-api', subnets: [], group, privateDns: false }).id;
}

function changeTemplate(content: StackContent, parts: StackParts): void {
  const body: { Transform?: string; Resources: { [name: string]: { Properties: { VpcConfig?: unknown } } } } = JSON.parse(content.template);
  if (parts.transform) body.Transform = 'AWS::LanguageExtensions';
  if (parts.functionsOutside) delete body.Resources.MigrationFunction?.Properties.VpcConfig;
  content.template = JSON.stringify(body);
}

function stackPolicyOf(policy: StackParts['policy']): string | null {
  const all = { Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' };
  const not = (Resource: string) => ({ Effect: 'Deny', Principal: '*', Action: 'Update:*', Resource });
  switch (policy) {
    case 'none':
      return null;
    case 'allows':
      return JSON.stringify({ Statement: [all] });
    case 'denies-api':
      return JSON.stringify({ Statement: [all, not('LogicalResourceId/PrivateServicesApi')] });
    case 'denies-all':
      return JSON.stringify({ Statement: [not('*')] });
    default:
      return policy satisfies never;
  }
}

function addChangeSet({ stack, world }: QuiltWorld, name: string): void {
  const at = world.clock.base - 86_400_000;
  stack.changeSets.push({
    id: `arn:aws:cloudformation:${stack.region}:${stack.accountId}:changeSet/${name}/1`,
    name,
    description: null,
    type: 'UPDATE',
    createdAt: at,
    readyAt: at,
    status: 'CREATE_COMPLETE',
    outcome: { status: 'CREATE_COMPLETE', reason: null },
    statusReason: null,
    executionStatus: 'AVAILABLE',
    includeNestedStacks: false,
    clientToken: null,
    request: name,
    content: structuredClone(stack.content),
    changes: [],
  });
}

/** The test bucket, and what else lies in the account. */
export function buildBuckets(named: QuiltWorld, parts: BucketParts): void {
  const { world, accountId, draft } = named;
  for (const other of parts.others) addOther(named, other);
  if (parts.isOutsidePattern) {
    delete world.s3.buckets[world.hints.testBucket];
    world.hints.testBucket = addBucket(draft, { name: `perimeter-test-${accountId}`, accountId }).name;
  }
  const bucket = world.s3.buckets[world.hints.testBucket];
  if (!bucket) return;
  if (parts.region === 'elsewhere') bucket.region = 'eu-west-1';
  if (parts.isOfAnotherAccount) bucket.accountId = elsewhere;
  if (!parts.blocksPublicPolicy) bucket.publicAccessBlock = null;
  bucket.versioning = parts.versioning === 'never' ? null : parts.versioning;
  if (parts.objects !== 'none')
    bucket.objects['left/over.txt'] = [
      { ...newObject('left over', world.clock.base - 1000), deleteMarker: parts.objects === 'delete-marker' },
    ];
  bucket.policy = policyOf(bucket, parts.policy, named);
}

function policyOf({ name }: BucketState, policy: BucketParts['policy'], { accountId }: QuiltWorld): string | null {
  const Resource = [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`];
  const text = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement }, null, 2);
  switch (policy) {
    case 'none':
      return null;
    case 'tls':
      return JSON.stringify(tlsOnly(name));
    case 'partner':
      return text({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accounts.analytics}:root` },
        Action: 's3:GetObject',
        Resource: Resource[1],
      });
    case 'public':
      return text({ Sid: 'Everyone', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: Resource[1] });
    case 'allow-list':
      return JSON.stringify(officeOnly(name, accounts.analytics, [addresses.officeRange]));
    case 'perimeter-like':
      return text({
        Sid: 'Perimeter',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource,
        Condition: { NotIpAddressIfExists: { 'aws:SourceIp': [addresses.officeRange] }, Bool: { 'aws:PrincipalIsAWSService': 'false' } },
      });
    case 'our-sid':
      return text({ Sid: 'QuiltPerimeterNetwork', Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: Resource[1] });
    case 'big':
      return text(
        ...Array.from({ length: 60 }, (_, index) => ({
          Sid: `Team${index}`,
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${name}/teams/team-number-${index}/*`,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        })),
      );
    case 'denies-operator':
      return text({
        Effect: 'Deny',
        Principal: { AWS: `arn:aws:iam::${accountId}:role/PlatformAdmin` },
        Action: 's3:PutBucketPolicy',
        Resource: Resource[0],
      });
    default:
      return policy satisfies never;
  }
}

function addOther({ draft, accountId }: QuiltWorld, other: BucketParts['others'][number]): void {
  const name = `${other === 'not-quilts' ? 'corp' : 'quilt'}-${other}-${accountId}`;
  const policy =
    other === 'allow-list'
      ? officeOnly(name, accounts.analytics, [addresses.officeRange])
      : other === 'cross-account'
        ? grantTo(name)
        : null;
  addBucket(draft, { name, accountId, policy, objects: { a: 'a' }, ...(other === 'elsewhere' ? { region: 'eu-west-1' } : {}) });
}

const grantTo = (name: string): object => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${accounts.outsider}:root` },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${name}/*`,
    },
  ],
});

/** Who the operator is and where it stands, and what it may not read. */
export function buildAccount(named: QuiltWorld, { account }: Landscape, network: BuiltNetwork): void {
  const { world, iam } = named;
  if (!account.breakGlass) delete iam.roles.BreakGlass;
  hire(named, account);
  const key = world.accessKeys[world.identities.operator ?? ''];
  if (key) {
    const tags = account.operatorTag === 'none' ? {} : { NetworkRestrictedExempt: 'true' };
    world.accessKeys[world.identities.operator ?? ''] = {
      ...key,
      tags: { ...key.tags, ...tags },
      network: networkOf(account, named, network),
    };
    const role = iam.roles[key.roleArn?.split('/').at(-1) ?? ''];
    if (account.operatorTag === 'role' && role) role.tags.NetworkRestrictedExempt = 'true';
  }
  for (const identity of ['operator', 'management']) {
    const id = world.identities[identity];
    if (id !== undefined && account.refused.length > 0) world.iam.deniedActions[id] = [...account.refused];
  }
  const lambda = world.accessKeys[world.identities.quiltLambda ?? ''];
  const [subnet] = network.stackSubnets;
  if (lambda && subnet)
    world.accessKeys[world.identities.quiltLambda ?? ''] = { ...lambda, network: { vpcId: subnet.vpcId, subnetId: subnet.id } };
}

function hire({ draft, accountId }: QuiltWorld, { operatorIs }: AccountParts): void {
  const network = { publicIp: addresses.office };
  if (operatorIs === 'user') handOut(draft, 'operator', addUser(draft, accountId, 'paula'), network);
  if (operatorIs === 'identity-center') {
    const role = addRole(draft, accountId, {
      name: 'AWSReservedSSO_Admin_0123456789abcdef',
      path: '/aws-reserved/sso.amazonaws.com/',
      administrator: true,
    });
    handOut(draft, 'operator', role, network);
  }
}

function networkOf({ operatorFrom }: AccountParts, { vpn, vpc }: QuiltWorld, { stackSubnets }: BuiltNetwork): AccessKey['network'] {
  switch (operatorFrom) {
    case 'trusted':
      return { publicIp: addresses.office };
    case 'untrusted':
      return { publicIp: addresses.elsewhere };
    case 'vpn':
      return { vpcId: vpn.id, subnetId: null };
    case 'flapping':
      return { publicIp: addresses.office, flap: [addresses.elsewhere] };
    case 'stack-subnet':
      return { vpcId: vpc.id, subnetId: stackSubnets[0]?.id ?? null };
    default:
      return operatorFrom satisfies never;
  }
}
