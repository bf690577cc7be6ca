// Landscapes built on moto with the real SDK: what a customer's account may look like before the perimeter.
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTransitGatewayCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient, TagRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateAccountCommand,
  CreateOrganizationCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { CreateBucketCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

export interface Options {
  readonly nat: boolean;
  /** Private route tables that are on an S3 gateway endpoint already: none, the first, or all. */
  readonly gatewayEndpoint: 'none' | 'first';
  /** The private subnets have no table of their own. */
  readonly privateOnMain: boolean;
  readonly transit: boolean;
  readonly dnsHostnames: boolean;
  readonly intra: boolean;
  readonly apiEndpoint: boolean;
  readonly policyType: boolean;
  readonly member: boolean;
}

export const greenfield: Options = {
  nat: false,
  gatewayEndpoint: 'none',
  privateOnMain: false,
  transit: false,
  dnsHostnames: true,
  intra: false,
  apiEndpoint: false,
  policyType: false,
  member: true,
};

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Clients {
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  readonly cloudFormation: CloudFormationClient;
  readonly iam: IAMClient;
  readonly organizations: OrganizationsClient;
}

export interface Landscape {
  readonly clients: Clients;
  readonly base: Credentials;
  readonly roleArn: string | null;
  readonly accountId: string;
  readonly vpc: string;
  readonly stack: string;
  readonly testBucket: string;
  readonly privateTables: readonly string[];
  readonly intraTables: readonly string[];
}

const region = 'us-east-1';
const zones = ['us-east-1a', 'us-east-1b', 'us-east-1c'];

const template = JSON.stringify({
  AWSTemplateFormatVersion: '2010-09-09',
  Parameters: {
    VPC: { Type: 'String' },
    Subnets: { Type: 'String' },
    ApiGatewayVPCEndpointId: { Type: 'String', Default: '' },
    AdminPassword: { Type: 'String', NoEcho: true },
  },
  Resources: {
    Notifications: {
      Type: 'AWS::SNS::Topic',
      Properties: { Tags: [{ Key: 'endpoint', Value: { 'Fn::Join': ['-', ['vpce', { Ref: 'ApiGatewayVPCEndpointId' }]] } }] },
    },
  },
});

/** Some value, or an error that says which one moto left out. */
function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`building the landscape: moto answered without ${what}`);
  return value;
}

/** Builds a landscape on a moto that was just reset. */
export async function build(url: string, options: Options): Promise<Landscape> {
  const base: Credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' };
  const config = (credentials: Credentials) => ({ endpoint: url, region, credentials });
  const organizations = new OrganizationsClient(config(base));
  const organization = await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  let accountId = needed(organization.Organization?.MasterAccountId, 'the management account');
  let roleArn: string | null = null;
  let credentials = base;
  if (options.member) {
    const account = await organizations.send(new CreateAccountCommand({ AccountName: 'quilt', Email: 'quilt@example.com' }));
    accountId = needed(account.CreateAccountStatus?.AccountId, 'the account');
    roleArn = `arn:aws:iam::${accountId}:role/PlatformAdmin`;
    const assumed = await new STSClient(config(base)).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'landscape' }));
    credentials = {
      accessKeyId: needed(assumed.Credentials?.AccessKeyId, 'an access key'),
      secretAccessKey: needed(assumed.Credentials?.SecretAccessKey, 'a secret'),
      sessionToken: needed(assumed.Credentials?.SessionToken, 'a token'),
    };
  }
  if (options.policyType) {
    const roots = await organizations.send(new ListRootsCommand({}));
    await organizations.send(
      new EnablePolicyTypeCommand({ RootId: needed(roots.Roots?.[0]?.Id, 'a root'), PolicyType: 'SERVICE_CONTROL_POLICY' }),
    );
  }
  const clients: Clients = {
    ec2: new EC2Client(config(credentials)),
    s3: new S3Client({ ...config(credentials), forcePathStyle: true }),
    cloudFormation: new CloudFormationClient(config(credentials)),
    iam: new IAMClient(config(credentials)),
    organizations,
  };
  const network = await buildNetwork(clients.ec2, options);
  const testBucket = `quilt-perimeter-test-${accountId}`;
  const stack = 'quilt-prod';
  for (const Bucket of ['quilt-raw', 'quilt-results', testBucket]) await clients.s3.send(new CreateBucketCommand({ Bucket }));
  for (const Bucket of ['quilt-raw', 'quilt-results']) {
    await clients.s3.send(
      new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'aws-cloudformation-stack', Value: stack }] } }),
    );
  }
  for (const RoleName of ['PlatformAdmin', 'BreakGlass']) {
    await clients.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }));
  }
  await clients.iam.send(new TagRoleCommand({ RoleName: 'BreakGlass', Tags: [{ Key: 'NetworkRestrictedExempt', Value: 'yes' }] }));
  await clients.cloudFormation.send(
    new CreateStackCommand({
      StackName: stack,
      TemplateBody: template,
      Tags: [{ Key: 'team', Value: 'data' }],
      Parameters: [
        { ParameterKey: 'VPC', ParameterValue: network.vpc },
        { ParameterKey: 'Subnets', ParameterValue: network.privateSubnets.join(',') },
        { ParameterKey: 'AdminPassword', ParameterValue: 'hunter2-is-a-secret' },
      ],
    }),
  );
  return { clients, base, roleArn, accountId, stack, testBucket, ...network };
}

async function buildNetwork(ec2: EC2Client, options: Options) {
  const created = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.20.0.0/16' }));
  const vpc = needed(created.Vpc?.VpcId, 'a VPC');
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpc, EnableDnsSupport: { Value: true } }));
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpc, EnableDnsHostnames: { Value: options.dnsHostnames } }));
  const gateway = needed((await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId, 'an Internet gateway');
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpc }));

  const subnet = async (zone: string, block: string): Promise<string> =>
    needed(
      (await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: block, AvailabilityZone: zone }))).Subnet?.SubnetId,
      'a subnet',
    );
  const table = async (subnets: readonly string[]): Promise<string> => {
    const id = needed((await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }))).RouteTable?.RouteTableId, 'a route table');
    for (const SubnetId of subnets) await ec2.send(new AssociateRouteTableCommand({ RouteTableId: id, SubnetId }));
    return id;
  };

  const publicSubnets: string[] = [];
  const privateSubnets: string[] = [];
  const intraSubnets: string[] = [];
  for (const [n, zone] of zones.entries()) {
    publicSubnets.push(await subnet(zone, `10.20.${n}.0/24`));
    privateSubnets.push(await subnet(zone, `10.20.${n + 10}.0/24`));
    if (options.intra) intraSubnets.push(await subnet(zone, `10.20.${n + 20}.0/24`));
  }
  const publicTable = await table(publicSubnets);
  await ec2.send(new CreateRouteCommand({ RouteTableId: publicTable, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway }));
  const privateTables: string[] = [];
  if (!options.privateOnMain) for (const id of privateSubnets) privateTables.push(await table([id]));
  const intraTables = options.intra ? [await table(intraSubnets)] : [];

  if (options.nat) {
    const address = needed((await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))).AllocationId, 'an address');
    const nat = await ec2.send(new CreateNatGatewayCommand({ SubnetId: needed(publicSubnets[0], 'a subnet'), AllocationId: address }));
    for (const RouteTableId of privateTables) {
      await ec2.send(
        new CreateRouteCommand({
          RouteTableId,
          DestinationCidrBlock: '0.0.0.0/0',
          NatGatewayId: needed(nat.NatGateway?.NatGatewayId, 'a NAT gateway'),
        }),
      );
    }
  }
  if (options.transit) {
    const transit = needed((await ec2.send(new CreateTransitGatewayCommand({}))).TransitGateway?.TransitGatewayId, 'a transit gateway');
    for (const RouteTableId of privateTables) {
      await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: transit }));
    }
  }
  if (options.gatewayEndpoint === 'first') {
    await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: vpc,
        VpcEndpointType: 'Gateway',
        ServiceName: `com.amazonaws.${region}.s3`,
        RouteTableIds: privateTables.slice(0, 1),
      }),
    );
  }
  if (options.apiEndpoint) {
    const group = needed(
      (await ec2.send(new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: 'api', Description: 'API endpoint' }))).GroupId,
      'a security group',
    );
    await ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: vpc,
        VpcEndpointType: 'Interface',
        ServiceName: `com.amazonaws.${region}.execute-api`,
        SubnetIds: privateSubnets,
        SecurityGroupIds: [group],
        PrivateDnsEnabled: true,
      }),
    );
  }
  return { vpc, privateSubnets, privateTables, intraTables };
}
