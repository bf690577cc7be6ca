// The parts of Quilt's template that have nothing to do with the endpoint: parameters, storage, roles, registry, canaries.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Body = { readonly [key: string]: Json };

export const ref = (name: string): Body => ({ Ref: name });
export const attribute = (resource: string, name: string): Body => ({ 'Fn::GetAtt': [resource, name] });
/** `{Name}` in the text stands for a reference. */
export const sub = (text: string): Body => ({ 'Fn::Sub': text.replaceAll('{', '${') });
export const either = (condition: string, yes: Json, no: Json): Body => ({ 'Fn::If': [condition, yes, no] });
export const none = ref('AWS::NoValue');

const text = (Description: string, more: Body = {}): Body => ({ Type: 'String', Description, ...more });

export const parameters: Body = {
  VPC: { Type: 'AWS::EC2::VPC::Id', Description: 'VPC for ECS, Lambda and the load balancer' },
  Subnets: { Type: 'List<AWS::EC2::Subnet::Id>', Description: 'Private subnets with Internet access, for services' },
  UserSubnets: { Type: 'List<AWS::EC2::Subnet::Id>', Description: 'Subnets of the internal load balancer' },
  UserSecurityGroup: { Type: 'AWS::EC2::SecurityGroup::Id', Description: 'Ingress to the load balancer' },
  DBUrl: text('URL of the registry database', { NoEcho: true }),
  DBAccessorSecurityGroup: { Type: 'AWS::EC2::SecurityGroup::Id', Description: 'Members may reach the database' },
  SearchDomainEndpoint: text('Endpoint of the search domain'),
  SearchDomainArn: text('ARN of the search domain'),
  SearchClusterAccessorSecurityGroup: { Type: 'AWS::EC2::SecurityGroup::Id', Description: 'Members may reach the search cluster' },
  CertificateArnELB: text('Certificate of the load balancer'),
  QuiltWebHost: text('Host name of the catalog'),
  AdminEmail: text('E-mail address of the first administrator'),
  AdminPassword: text('Password of the first administrator', { NoEcho: true, Default: '' }),
  PasswordAuth: text('Sign in with passwords', { Default: 'Enabled', AllowedValues: ['Enabled', 'Disabled'] }),
  CanaryNotificationsEmail: text('Who hears of canaries that fail', { Default: '' }),
  RegistrySize: text('Tasks of the registry', { Default: '2', AllowedPattern: '[1-9][0-9]?' }),
};

export const storage: Body = {
  AnalyticsBucket: {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    Properties: { BucketName: sub('quilt-analytics-{AWS::AccountId}'), VersioningConfiguration: { Status: 'Suspended' } },
  },
  ServiceBucket: {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    Properties: { BucketName: sub('quilt-service-{AWS::AccountId}'), VersioningConfiguration: { Status: 'Enabled' } },
  },
  PackagerQueue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 900 } },
};

const readsBuckets = (name: string, actions: readonly string[]): Json => [
  {
    PolicyName: name,
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: ['arn:aws:s3:::quilt-*', 'arn:aws:s3:::quilt-*/*'] }],
    },
  },
];

const serviceRole = (name: string, service: string, policies: Json): Body => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: sub(`{AWS::StackName}-${name}`),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: policies,
  },
});

const readWrite = ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:ListBucketVersions', 's3:PutObject', 's3:DeleteObject'];

export const roles: Body = {
  RegistryTaskRole: serviceRole('RegistryTaskRole', 'ecs-tasks.amazonaws.com', readsBuckets('Registry', readWrite)),
  PackagerRole: serviceRole('PackagerRole', 'lambda.amazonaws.com', readsBuckets('Packager', readWrite)),
  IndexerRole: serviceRole(
    'IndexerRole',
    'lambda.amazonaws.com',
    readsBuckets('Indexer', ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket']),
  ),
  MigrationRole: serviceRole('MigrationRole', 'lambda.amazonaws.com', readsBuckets('Migration', ['s3:ListBucket'])),
  CanaryRole: serviceRole('CanaryRole', 'lambda.amazonaws.com', readsBuckets('Canary', ['s3:GetObject', 's3:ListBucket', 's3:PutObject'])),
};

export const inVpc: Body = {
  SubnetIds: ref('Subnets'),
  SecurityGroupIds: [attribute('ServiceSecurityGroup', 'GroupId'), ref('DBAccessorSecurityGroup')],
};

export const registry: Body = {
  ServiceSecurityGroup: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: { GroupDescription: 'Services of Quilt', VpcId: ref('VPC') },
  },
  LoadBalancer: {
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    Properties: { Scheme: 'internal', Type: 'application', Subnets: ref('UserSubnets'), SecurityGroups: [ref('UserSecurityGroup')] },
  },
  Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: ref('AWS::StackName') } },
  RegistryTask: {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      Family: sub('{AWS::StackName}-registry'),
      NetworkMode: 'awsvpc',
      Cpu: '1024',
      Memory: '4096',
      TaskRoleArn: attribute('RegistryTaskRole', 'Arn'),
      ContainerDefinitions: [
        {
          Name: 'registry',
          Image: sub('730278974607.dkr.ecr.{AWS::Region}.amazonaws.com/quiltdata/registry:1.62.0'),
          Environment: [
            { Name: 'DB_URL', Value: ref('DBUrl') },
            { Name: 'SEARCH_ENDPOINT', Value: ref('SearchDomainEndpoint') },
            { Name: 'ADMIN_EMAIL', Value: ref('AdminEmail') },
            { Name: 'ADMIN_PASSWORD', Value: either('PasswordAuth', ref('AdminPassword'), '') },
          ],
        },
      ],
    },
  },
  RegistryService: {
    Type: 'AWS::ECS::Service',
    Properties: {
      Cluster: ref('Cluster'),
      LaunchType: 'FARGATE',
      DesiredCount: ref('RegistrySize'),
      TaskDefinition: ref('RegistryTask'),
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ref('Subnets'), AssignPublicIp: 'DISABLED' } },
    },
  },
};

const canary = (name: string, schedule: string): Body => ({
  Type: 'AWS::Synthetics::Canary',
  Properties: {
    Name: sub(`{AWS::StackName}-${name}`),
    RuntimeVersion: 'syn-nodejs-puppeteer-10.0',
    ExecutionRoleArn: attribute('CanaryRole', 'Arn'),
    ArtifactS3Location: sub(`s3://{ServiceBucket}/canaries/${name}`),
    Schedule: { Expression: schedule },
    RunConfig: { EnvironmentVariables: { BUCKETS: sub('quilt-raw-data-{AWS::AccountId},quilt-perimeter-test-{AWS::AccountId}') } },
    VPCConfig: inVpc,
  },
});

/** Quilt's four. `schedule`: such as `rate(1 hour)`. */
export const canaries = (schedule: string): Body => ({
  CanaryNotificationsTopic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Quilt canaries' } },
  CanaryNotifications: {
    Type: 'AWS::SNS::Subscription',
    Condition: 'NotifyOfCanaries',
    Properties: { TopicArn: ref('CanaryNotificationsTopic'), Protocol: 'email', Endpoint: ref('CanaryNotificationsEmail') },
  },
  BucketAccessControlCanary: canary('bucket-access', schedule),
  ImmutableUrisCanary: canary('immutable-uris', schedule),
  PackagePushUiCanary: canary('package-push', schedule),
  SearchCanary: canary('search', schedule),
});
