// A template of the size and shape of Quilt's with private endpoints enabled: a registry on ECS, functions in the VPC, a
// REST API that is private once the endpoint is named, a custom resource and canaries.

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Body = { readonly [key: string]: Json };

const ref = (name: string): Body => ({ Ref: name });
const attribute = (resource: string, name: string): Body => ({ 'Fn::GetAtt': [resource, name] });
/** `{Name}` in the text stands for a reference. */
const sub = (text: string): Body => ({ 'Fn::Sub': text.replaceAll('{', '${') });
const either = (condition: string, yes: Json, no: Json): Body => ({ 'Fn::If': [condition, yes, no] });
const none = ref('AWS::NoValue');

/**
 * The template's body. `endpointParameter` is the name of the parameter for the API Gateway endpoint, which differs
 * between Quilt's documentation and its Terraform module (G14); null: a stack without private endpoints (G18).
 */
export function quiltTemplate(endpointParameter: string | null): string {
  const isPrivate = endpointParameter !== null;
  return JSON.stringify(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: 'Deploy complete Quilt product with backing services',
      Parameters: {
        ...parameters,
        ...(isPrivate
          ? { [endpointParameter]: { Type: 'String', Default: '', Description: 'VPC endpoint for API Gateway; empty for a Regional API' } }
          : {}),
      },
      Conditions: {
        PasswordAuth: { 'Fn::Equals': [ref('PasswordAuth'), 'Enabled'] },
        NotifyOfCanaries: { 'Fn::Not': [{ 'Fn::Equals': [ref('CanaryNotificationsEmail'), ''] }] },
        ...(isPrivate ? { PrivateApi: { 'Fn::Not': [{ 'Fn::Equals': [ref(endpointParameter), ''] }] } } : {}),
      },
      Resources: { ...storage, ...roles, ...registry, ...functions(endpointParameter), ...api(endpointParameter), ...canaries },
      Outputs: {
        QuiltWebHost: { Description: "Host of Quilt's catalog", Value: ref('QuiltWebHost') },
        RegistryHost: { Value: sub('registry.{QuiltWebHost}') },
        CanaryNotificationsTopic: { Value: ref('CanaryNotificationsTopic') },
        ApiGatewayId: { Description: 'REST API of the private services', Value: ref('PrivateServicesApi') },
      },
    },
    null,
    2,
  );
}

const text = (Description: string, more: Body = {}): Body => ({ Type: 'String', Description, ...more });

const parameters: Body = {
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

const storage: Body = {
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

const roles: Body = {
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

const inVpc: Body = {
  SubnetIds: ref('Subnets'),
  SecurityGroupIds: [attribute('ServiceSecurityGroup', 'GroupId'), ref('DBAccessorSecurityGroup')],
};

const registry: Body = {
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

const lambda = (name: string, role: string, environment: Body): Body => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: sub(`{AWS::StackName}-${name}`),
    Runtime: 'python3.13',
    Handler: 'index.handler',
    Timeout: 900,
    Role: attribute(role, 'Arn'),
    Code: { S3Bucket: sub('quilt-lambda-{AWS::Region}'), S3Key: `${name}/9f4c1d.zip` },
    Environment: { Variables: environment },
    VpcConfig: inVpc,
  },
});

function functions(endpointParameter: string | null): Body {
  const regional = sub('https://{PrivateServicesApi}.execute-api.{AWS::Region}.amazonaws.com/prod');
  const url =
    endpointParameter === null
      ? regional
      : either(
          'PrivateApi',
          sub(`https://{PrivateServicesApi}-{${endpointParameter}}.execute-api.{AWS::Region}.amazonaws.com/prod`),
          regional,
        );
  return {
    PackagerFunction: lambda('packager', 'PackagerRole', { SERVICE_BUCKET: ref('ServiceBucket'), API_URL: url }),
    IndexerFunction: lambda('indexer', 'IndexerRole', { SEARCH_ENDPOINT: ref('SearchDomainEndpoint') }),
    ApiFunction: lambda('api', 'PackagerRole', { QUEUE: ref('PackagerQueue') }),
    MigrationFunction: lambda('migration', 'MigrationRole', { DB_URL: ref('DBUrl') }),
    PackagerQueueMapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: attribute('PackagerQueue', 'Arn'), FunctionName: ref('PackagerFunction'), BatchSize: 1 },
    },
    Migration: {
      Type: 'Custom::Migration',
      Properties: { ServiceToken: attribute('MigrationFunction', 'Arn'), Version: '1.62.0' },
    },
  };
}

function api(endpointParameter: string | null): Body {
  const integration = {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: sub('arn:aws:apigateway:{AWS::Region}:lambda:path/2015-03-31/functions/{ApiFunction.Arn}/invocations'),
  };
  const fromEndpoint =
    endpointParameter === null
      ? []
      : [
          {
            EndpointConfiguration: either(
              'PrivateApi',
              { Types: ['PRIVATE'], VpcEndpointIds: [ref(endpointParameter)] },
              { Types: ['REGIONAL'] },
            ),
            Policy: either(
              'PrivateApi',
              {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Principal: '*',
                    Action: 'execute-api:Invoke',
                    Resource: 'execute-api:/*',
                    Condition: { StringEquals: { 'aws:SourceVpce': ref(endpointParameter) } },
                  },
                ],
              },
              none,
            ),
          },
        ];
  return {
    PrivateServicesApi: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: {
        Name: sub('{AWS::StackName}-services'),
        Body: {
          openapi: '3.0.1',
          paths: { '/{proxy+}': { 'x-amazon-apigateway-any-method': { 'x-amazon-apigateway-integration': integration } } },
        },
        ...Object.assign({}, ...fromEndpoint),
      },
    },
    PrivateServicesDeployment: {
      Type: 'AWS::ApiGateway::Deployment',
      Properties: { RestApiId: ref('PrivateServicesApi'), Description: 'Deployed with Quilt 1.62.0' },
    },
    PrivateServicesStage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: ref('PrivateServicesApi'), DeploymentId: ref('PrivateServicesDeployment'), StageName: 'prod' },
    },
    PrivateServicesPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: ref('ApiFunction'),
        Principal: 'apigateway.amazonaws.com',
        SourceArn: sub('arn:aws:execute-api:{AWS::Region}:{AWS::AccountId}:{PrivateServicesApi}/*'),
      },
    },
  };
}

const canary = (name: string): Body => ({
  Type: 'AWS::Synthetics::Canary',
  Properties: {
    Name: sub(`{AWS::StackName}-${name}`),
    RuntimeVersion: 'syn-nodejs-puppeteer-10.0',
    ExecutionRoleArn: attribute('CanaryRole', 'Arn'),
    ArtifactS3Location: sub(`s3://{ServiceBucket}/canaries/${name}`),
    Schedule: { Expression: 'rate(1 hour)' },
    VPCConfig: inVpc,
  },
});

const canaries: Body = {
  CanaryNotificationsTopic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'Quilt canaries' } },
  CanaryNotifications: {
    Type: 'AWS::SNS::Subscription',
    Condition: 'NotifyOfCanaries',
    Properties: { TopicArn: ref('CanaryNotificationsTopic'), Protocol: 'email', Endpoint: ref('CanaryNotificationsEmail') },
  },
  BucketAccessControlCanary: canary('bucket-access'),
  ImmutableUrisCanary: canary('immutable-uris'),
  PackagePushUiCanary: canary('package-push'),
  SearchCanary: canary('search'),
};
