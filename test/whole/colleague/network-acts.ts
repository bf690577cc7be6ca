// What a colleague may do to the network that this tool made.
import type { Act } from './acts.ts';
import type { Made } from './made.ts';

const gateway = /^nat\/.*\/gateway\//;
const address = /^nat\/.*\/address\//;
const route = /^nat\/.*\/route\//;
const api = /\/execute-api$/;
const group = /\/security-group$/;
const rules = /\/security-group-rules$/;
const s3 = /^endpoints\/.*\/s3$/;
const dns = /\/dns-(support|hostnames)$/;

const intraTable = (made: Made) => made.tables('intra')[0];
const anotherGroup = (made: Made) =>
  Object.values(made.world.ec2.securityGroups).find(({ name, vpcId }) => name === 'default' && vpcId === made.vpc);
const tagging = (id: string | undefined, Key: string, Value: string) => ({ Resources: [id], Tags: [{ Key, Value }] });

export const networkActs: readonly Act[] = [
  {
    name: 'leads another table to the NAT gateway',
    is: 'used',
    of: [gateway],
    keeps: [gateway, address],
    act: (made, { ec2 }) =>
      ec2('CreateRoute', { RouteTableId: intraTable(made)?.id, DestinationCidrBlock: '192.0.2.0/24', NatGatewayId: made.natGateway?.id }),
    survives: (made) => intraTable(made)?.routes.some(({ target }) => target.id === made.natGateway?.id) === true,
  },
  {
    name: 'deletes the API endpoint by hand',
    is: 'removed',
    of: [api],
    keeps: [],
    act: (made, { ec2 }) => ec2('DeleteVpcEndpoints', { VpcEndpointIds: [made.endpoint('Interface')?.id] }),
    survives: (made) => made.endpoint('Interface') === undefined,
  },
  {
    name: 'deletes the S3 endpoint by hand',
    is: 'removed',
    of: [s3],
    keeps: [],
    act: (made, { ec2 }) => ec2('DeleteVpcEndpoints', { VpcEndpointIds: [made.endpoint('Gateway')?.id] }),
    survives: (made) => made.endpoint('Gateway') === undefined,
  },
  {
    name: 'puts another table on the S3 endpoint',
    is: 'used',
    of: [s3],
    keeps: [s3],
    act: (made, { ec2 }) =>
      ec2('ModifyVpcEndpoint', { VpcEndpointId: made.endpoint('Gateway')?.id, AddRouteTableIds: [intraTable(made)?.id] }),
    survives: (made) => made.endpoint('Gateway')?.routeTableIds.includes(intraTable(made)?.id ?? '') === true,
  },
  {
    name: 'takes a table off the S3 endpoint',
    is: 'changed',
    of: [s3],
    keeps: [s3],
    act: (made, { ec2 }) =>
      ec2('ModifyVpcEndpoint', { VpcEndpointId: made.endpoint('Gateway')?.id, RemoveRouteTableIds: [made.tables('private')[0]?.id] }),
    survives: (made) => made.endpoint('Gateway')?.routeTableIds.includes(made.tables('private')[0]?.id ?? '') === false,
  },
  {
    name: 'gives the S3 endpoint a policy of their own',
    is: 'changed',
    of: [s3],
    keeps: [s3],
    act: (made, { ec2 }) =>
      ec2('ModifyVpcEndpoint', {
        VpcEndpointId: made.endpoint('Gateway')?.id,
        PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"*"}]}',
      }),
    survives: (made) => made.endpoint('Gateway')?.policyDocument.includes('s3:Get*') === true,
  },
  {
    name: "names the endpoint's group in another group's rule",
    is: 'used',
    of: [group],
    keeps: [group],
    act: (made, { ec2 }) =>
      ec2('AuthorizeSecurityGroupIngress', {
        GroupId: anotherGroup(made)?.id,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: made.group?.id }] }],
      }),
    survives: (made) => made.group !== undefined && JSON.stringify(anotherGroup(made)?.rules).includes(made.group.id),
  },
  {
    name: "puts the endpoint's group on an interface of theirs",
    is: 'used',
    of: [rules],
    keeps: [group, rules],
    act: (made, { ec2 }) => ec2('CreateNetworkInterface', { SubnetId: made.endpoint('Interface')?.subnetIds[0], Groups: [made.group?.id] }),
    survives: (made) => made.group?.rules.some(({ egress, fromPort }) => !egress && fromPort === 443) === true,
  },
  {
    name: "adds a rule to the endpoint's group",
    is: 'changed',
    of: [rules],
    keeps: [group, rules],
    act: (made, { ec2 }) =>
      ec2('AuthorizeSecurityGroupIngress', {
        GroupId: made.group?.id,
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        CidrIp: '192.0.2.0/24',
      }),
    survives: (made) => made.group?.rules.some(({ fromPort }) => fromPort === 22) === true,
  },
  {
    name: 'relies on the DNS attributes for an endpoint of their own',
    is: 'used',
    of: [dns],
    keeps: [dns],
    act: (made, { ec2 }) =>
      ec2('CreateVpcEndpoint', {
        VpcId: made.vpc,
        ServiceName: `com.amazonaws.${made.world.hints.region}.lambda`,
        VpcEndpointType: 'Interface',
        SubnetIds: [made.endpoint('Interface')?.subnetIds[0]],
        PrivateDnsEnabled: true,
      }),
    survives: (made) => made.world.ec2.vpcs[made.vpc]?.enableDnsHostnames === true,
  },
  {
    name: 'relies on the DNS attributes for a private hosted zone',
    is: 'used',
    of: [dns],
    keeps: [dns],
    act: (made, { route53 }) =>
      route53('CreateHostedZone', {
        Name: 'theirs.internal',
        CallerReference: 'theirs',
        VPC: { VPCId: made.vpc, VPCRegion: made.world.hints.region },
      }),
    survives: (made) => made.world.ec2.vpcs[made.vpc]?.enableDnsHostnames === true,
  },
  {
    name: 'turns the DNS attributes off',
    is: 'removed',
    of: [dns],
    keeps: [],
    act: (made, { ec2 }) => ec2('ModifyVpcAttribute', { VpcId: made.vpc, EnableDnsHostnames: { Value: false } }),
    survives: (made) => made.world.ec2.vpcs[made.vpc]?.enableDnsHostnames === false,
  },
  {
    name: 'leads a default route elsewhere',
    is: 'changed',
    of: [route],
    keeps: [route],
    act: (made, { ec2 }) =>
      ec2('ReplaceRoute', {
        RouteTableId: made.tables('private')[0]?.id,
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: made.internetGateway,
      }),
    survives: (made) => made.tables('private')[0]?.routes.some(({ target }) => target.id === made.internetGateway) === true,
  },
  {
    name: 'takes the NAT gateway down and uses its address',
    is: 'used',
    of: [address],
    keeps: [address],
    act: (made, { ec2 }) => {
      ec2('DeleteNatGateway', { NatGatewayId: made.natGateway?.id });
      if (made.address !== undefined) made.address.networkInterfaceId = made.someInterface;
    },
    survives: (made) => made.address?.networkInterfaceId === made.someInterface,
  },
  {
    name: 'renames the NAT gateway',
    is: 'changed',
    of: [gateway],
    keeps: [gateway, address],
    act: (made, { ec2 }) => ec2('CreateTags', tagging(made.natGateway?.id, 'Name', 'theirs')),
    survives: (made) => made.natGateway?.tags.Name === 'theirs',
  },
  {
    name: "takes this tool's mark off the endpoint's group",
    is: 'changed',
    of: [group],
    keeps: [group],
    act: (made, { ec2 }) => {
      const id = made.group?.id;
      ec2('CreateTags', tagging(id, 'Theirs', 'yes'));
      ec2('DeleteTags', { Resources: [id], Tags: [{ Key: 'quilt-perimeter:key' }] });
    },
    survives: (made) => Object.values(made.world.ec2.securityGroups).some(({ tags }) => tags.Theirs === 'yes'),
  },
  {
    name: 'adds a tag of theirs to the API endpoint',
    is: 'beside',
    of: [api],
    keeps: [],
    act: (made, { ec2 }) => ec2('CreateTags', tagging(made.endpoint('Interface')?.id, 'CostCenter', '42')),
    survives: () => true,
  },
];
