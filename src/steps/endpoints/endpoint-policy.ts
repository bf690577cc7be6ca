// What an endpoint's own policy does to the requests that come through it.
import type { VpcEndpoint } from '../../aws/types.ts';
import { parsePolicy } from '../../policy/document.ts';
import { evaluate } from '../../policy/evaluate.ts';
import type { Landscape } from '../landscape.ts';

export interface EndpointRequest {
  readonly action: string;
  readonly resource: string;
}

export type PolicyAnswer =
  | { readonly type: 'unreadable'; readonly why: string }
  | {
      readonly type: 'read';
      readonly refused: readonly EndpointRequest[];
      /** `dependsOn`: condition keys that nobody knows beforehand. */
      readonly open: readonly (EndpointRequest & { readonly dependsOn: readonly string[] })[];
    };

/** What Quilt does with buckets, by name or pattern. */
export const s3Requests = (names: readonly string[], { survey }: Landscape): readonly EndpointRequest[] => {
  const { partition } = survey.quilt;
  return [
    ...names.flatMap((name) =>
      ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'].map((action) => ({ action, resource: `arn:${partition}:s3:::${name}/key` })),
    ),
    ...names.map((name) => ({ action: 's3:ListBucket', resource: `arn:${partition}:s3:::${name}` })),
  ];
};

/** A call of an API of the Quilt account. */
export const apiRequest = ({ survey }: Landscape): EndpointRequest => {
  const { partition, region, accountId } = survey.quilt;
  return { action: 'execute-api:Invoke', resource: `arn:${partition}:execute-api:${region}:${accountId}:api/stage/GET/path` };
};

/** Which of the requests the endpoint's policy refuses to a role of the Quilt account whom identity policies allow all. */
export function refusedByPolicy(endpoint: VpcEndpoint, requests: readonly EndpointRequest[], landscape: Landscape): PolicyAnswer {
  if (endpoint.policy === null) return { type: 'read', refused: [], open: [] };
  const parsed = parsePolicy(endpoint.policy);
  if (!parsed.ok) return { type: 'unreadable', why: parsed.reason };
  const { accountId, partition } = landscape.survey.quilt;
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };
  const decide = ({ action, resource }: EndpointRequest) =>
    evaluate({
      principal: `arn:${partition}:sts::${accountId}:assumed-role/any/any`,
      role: `arn:${partition}:iam::${accountId}:role/any`,
      action,
      resource,
      ...(endpoint.type === 'Gateway' ? { endpointType: 'gateway' } : {}),
      context: {
        'aws:PrincipalAccount': accountId,
        'aws:ResourceAccount': accountId,
        'aws:SourceVpc': endpoint.vpcId,
        'aws:SourceVpce': endpoint.id,
      },
      unknown: [
        'aws:PrincipalArn',
        'aws:PrincipalTag/*',
        'aws:PrincipalOrgID',
        'aws:PrincipalOrgPaths',
        'aws:ResourceOrgID',
        'aws:userid',
        'aws:VpcSourceIp',
      ],
      policies: { identity: [everything], endpoint: parsed.document },
    });
  const decided = requests.map((request) => ({ ...request, ...decide(request) }));
  return {
    type: 'read',
    refused: decided.filter(({ decision }) => decision === 'implicitDeny' || decision === 'explicitDeny'),
    open: decided.filter(({ decision }) => decision === 'unknown'),
  };
}
