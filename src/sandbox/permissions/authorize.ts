// Whether IAM lets a call through: the identity policies and the boundary of who calls, asked for every action and resource
// that the call needs. S3 asks by itself, with bucket, endpoint and organization policies (s3/authorize.ts).
import { evaluate } from '../../policy/evaluate.ts';
import { actionOf } from '../identities.ts';
import { missingPermission } from '../refusals.ts';
import { documentsOf } from '../s3/documents.ts';
import { identityPolicies } from '../s3/identity.ts';
import type { Call, Caller } from '../types.ts';
import type { ServiceName } from '../wire/services.ts';
import type { World } from '../world.ts';
import { type Demand, onAnything } from './demand.ts';
import { ec2Demands } from './ec2.ts';
import { organizationsDemands } from './organizations.ts';
import { athenaDemands, cloudFormationDemands, cloudTrailDemands, iamDemands, stsDemands, syntheticsDemands } from './others.ts';

/** Everything that IAM is asked about this call before it is carried out. Of S3 only the action is told. */
export function demandsOf(world: World, service: ServiceName, input: object, call: Call): readonly Demand[] {
  const { operation } = call;
  switch (service) {
    case 'ec2':
      return ec2Demands(world, operation, input, call);
    case 'organizations':
      return organizationsDemands(world, operation, input);
    case 'cloudformation':
      return cloudFormationDemands(world, operation, input, call);
    case 'iam':
      return iamDemands(world, operation, input, call);
    case 'cloudtrail':
      return cloudTrailDemands(operation, input, call);
    case 'athena':
      return athenaDemands(world, operation, input, call);
    case 'sts':
      return stsDemands(operation, input);
    case 'synthetics':
      return syntheticsDemands(operation, input, call);
    case 's3':
    case 's3control':
    case 'lambda':
    case 'route53':
    case 'servicequotas':
      return [onAnything(actionOf(service, operation))];
    default:
      return service satisfies never;
  }
}

/**
 * Refuses a call that the caller's identity policies or boundary do not allow, in the service's words. A root user has
 * neither; whom S3 serves it asks itself. Throws AwsError, which names the action that is missing.
 */
export function authorize(world: World, service: ServiceName, demands: readonly Demand[], call: Call): void {
  const { caller } = call;
  // Roles are assumed by the word of the trust policy too (sts/trust.ts).
  const asksItself = service === 's3' || service === 's3control' || call.operation === 'AssumeRole';
  if (asksItself || (caller.kind !== 'user' && caller.kind !== 'role-session')) return;
  for (const { action, resource, context } of demands) {
    const { decision, deniedBy } = decide(world, { action, resource, context }, call);
    if (decision === 'allowed') continue;
    const by = deniedBy[0]?.policyType === 'boundary' ? 'permissions boundary' : 'identity-based policy';
    throw missingPermission(service, caller.arn, action, { resource, isDenied: decision === 'explicitDeny', by });
  }
}

/** Whether the caller's own policies allow the action, other sides left out. */
export const isAllowed = (world: World, demand: Demand, call: Call): boolean => decide(world, demand, call).decision === 'allowed';

function decide(world: World, { action, resource, context }: Demand, { caller, region, now }: Call) {
  const { identity, boundary } = identityPolicies(world.iam, caller);
  return evaluate({
    principal: caller.arn,
    ...(caller.roleArn === null ? {} : { role: caller.roleArn }),
    action,
    resource,
    // The other account's side is not asked here.
    resourceAccount: caller.accountId,
    context: { ...keysOfEvery(caller, region, now), ...context },
    policies: { identity: documentsOf(identity), ...(boundary === null ? {} : { boundary: documentsOf([boundary]) }) },
  });
}

const keysOfEvery = (caller: Caller, region: string, now: number) => ({
  ...('publicIp' in caller.network ? { 'aws:SourceIp': caller.network.publicIp } : {}),
  'aws:CurrentTime': new Date(now).toISOString(),
  'aws:RequestedRegion': region,
  'aws:userid': caller.userId,
  ...Object.fromEntries(Object.entries(caller.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
});
