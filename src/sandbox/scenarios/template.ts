// A template of the size and shape of Quilt's with private endpoints enabled: a registry on ECS, functions in the VPC, a
// REST API that is private once the endpoint is named, a custom resource and canaries.
import { attribute, type Body, canaries, either, inVpc, none, parameters, ref, registry, roles, storage, sub } from './template-parts.ts';

/**
 * The template's body. `endpointParameter` is the name of the parameter for the API Gateway endpoint, which differs
 * between Quilt's documentation and its Terraform module (G14); null: a stack without private endpoints (G18).
 * `canarySchedule`: how often the canaries run.
 */
export function quiltTemplate(endpointParameter: string | null, canarySchedule = 'rate(1 hour)'): string {
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
      Resources: {
        ...storage,
        ...roles,
        ...registry,
        ...functions(endpointParameter),
        ...api(endpointParameter),
        ...canaries(canarySchedule),
      },
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
