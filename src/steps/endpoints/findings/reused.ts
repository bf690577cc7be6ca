// What an endpoint that stands already lacks for this use.
import { httpsCidrs } from '../../../aws/security-group.ts';
import type { VpcEndpoint } from '../../../aws/types.ts';
import { type Finding, finding, unknownFinding } from '../../../findings.ts';
import { unlistedBuckets } from '../../bucket-listing.ts';
import type { Choices } from '../../choices.ts';
import { covers } from '../../cidr.ts';
import type { Landscape } from '../../landscape.ts';
import { apiEndpoint } from '../api-endpoint.ts';
import { apiRequest, type EndpointRequest, refusedByPolicy, s3Requests } from '../endpoint-policy.ts';
import { s3Endpoint } from '../s3-endpoint.ts';
import { clientRanges } from '../security-group-plan.ts';

/** QP108: ranges that the reused endpoint's groups do not admit. */
export function groupAdmitsTooLittle(landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  const api = apiEndpoint(landscape, choices);
  if (api.type !== 'stands' || api.ours) return [];
  const { id, securityGroupIds } = api.endpoint;
  const groups = network.securityGroups.filter((group) => securityGroupIds.includes(group.id));
  if (groups.length < securityGroupIds.length) {
    const unread = securityGroupIds.filter((group) => !groups.some((each) => each.id === group));
    return [unknownFinding('QP108', 'ec2:DescribeSecurityGroups', `${unread.join(', ')} of ${id} cannot be read`, [id, ...unread])];
  }
  const admitted = groups.flatMap(httpsCidrs);
  const missing = clientRanges(landscape, choices).filter((cidr) => !covers(admitted, cidr));
  const group = securityGroupIds[0];
  if (missing.length === 0 || group === undefined) return [];
  return [
    finding('QP108', {
      detail: `${securityGroupIds.join(', ')} of ${id}: no rule by range admits TCP 443 from ${missing.join(', ')}`,
      subjects: [id, ...securityGroupIds],
      remedy: missing.map((cidr) => authorize(group, cidr)).join(' && '),
    }),
  ];
}

/** QP114: what the reused endpoints' policies do not let through. */
export function policyAllowsTooLittle(landscape: Landscape, choices: Choices): readonly Finding[] {
  const api = apiEndpoint(landscape, choices);
  const s3 = s3Endpoint(landscape, choices);
  const { partition, region } = landscape.survey.quilt;
  const buckets = [...new Set([...landscape.buckets.inScope.map(({ name }) => name), choices.testBucket])];
  // Images of Amazon ECR are read from this bucket, through the endpoint once it is on the table.
  const images = { action: 's3:GetObject', resource: `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/key` };
  return [
    ...(s3.type === 'add' ? shortcomings(s3.endpoint, [...s3Requests(buckets, landscape), images], landscape) : []),
    // What allows a pattern as a whole allows every bucket that it matches.
    ...(s3.type === 'add' && shortcomings(s3.endpoint, s3Requests(choices.buckets, landscape), landscape).length > 0
      ? unlistedBuckets('QP114', landscape, choices)
      : []),
    ...(api.type === 'stands' && !api.ours ? shortcomings(api.endpoint, [apiRequest(landscape)], landscape) : []),
  ];
}

function shortcomings(endpoint: VpcEndpoint, requests: readonly EndpointRequest[], landscape: Landscape): readonly Finding[] {
  const answer = refusedByPolicy(endpoint, requests, landscape);
  if (answer.type === 'unreadable')
    return [
      unknownFinding('QP114', 'ec2:DescribeVpcEndpoints', `the policy of ${endpoint.id} cannot be read: ${answer.why}`, [endpoint.id]),
    ];
  const { refused, open } = answer;
  return [
    ...(refused.length > 0
      ? [
          finding('QP114', {
            detail: `the policy of ${endpoint.id} does not allow ${refused.map(({ action, resource }) => `${action} on ${resource}`).join(', ')}`,
            subjects: [endpoint.id],
            remedy: `add to the policy of ${endpoint.id}: ${JSON.stringify(missing(refused))}`,
          }),
        ]
      : []),
    ...(open.length > 0
      ? [
          unknownFinding(
            'QP114',
            'reading conditions',
            `whether the policy of ${endpoint.id} allows ${[...new Set(open.map(({ action }) => action))].join(', ')} depends on ${[...new Set(open.flatMap(({ dependsOn }) => dependsOn))].join(', ')}`,
            [endpoint.id],
          ),
        ]
      : []),
  ];
}

const missing = (requests: readonly EndpointRequest[]) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: [...new Set(requests.map(({ action }) => action))],
  Resource: [...new Set(requests.map(({ resource }) => resource.replace(/\/key$/, '/*').replace(/:api\/stage\/GET\/path$/, ':*')))],
});

const authorize = (group: string, cidr: string): string =>
  cidr.includes(':')
    ? `aws ec2 authorize-security-group-ingress --group-id ${group} --ip-permissions IpProtocol=tcp,FromPort=443,ToPort=443,Ipv6Ranges=[{CidrIpv6=${cidr}}]`
    : `aws ec2 authorize-security-group-ingress --group-id ${group} --protocol tcp --port 443 --cidr ${cidr}`;
