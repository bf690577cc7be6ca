// Calls to Organizations: reads know no resources here, writes name the policy and its target.
import type { ContextValues } from '../../policy/context.ts';
import type { Organization, StoredPolicy } from '../organizations/state.ts';
import type { World } from '../world.ts';
import { type Demand, onAnything, requestTags, resourceTags } from './demand.ts';

interface Input {
  readonly PolicyId?: string;
  readonly TargetId?: string;
  readonly RootId?: string;
  readonly ResourceId?: string;
  readonly Type?: string;
  readonly PolicyType?: string;
  readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
}

/**
 * What a call to Organizations needs. Naming tags at creation needs `organizations:TagResource` too (D9).
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
 */
export function organizationsDemands(world: World, operation: string, input: Input): readonly Demand[] {
  const action = `organizations:${operation}`;
  const organization = world.organizations.organization;
  if (organization === null) return [onAnything(action)];
  const policy = () => policyAsked(organization, input.PolicyId);
  switch (operation) {
    case 'CreatePolicy': {
      const tags = requestTags(input.Tags ?? []);
      const made = onAnything(action, { ...tags, ...typeKey(input.Type) });
      return (input.Tags ?? []).length === 0 ? [made] : [made, onAnything('organizations:TagResource', tags)];
    }
    case 'UpdatePolicy':
    case 'DeletePolicy':
      return [{ action, ...policy() }];
    case 'AttachPolicy':
    case 'DetachPolicy': {
      const { resource, context } = policy();
      const target = { action, resource: targetArn(organization, input.TargetId ?? ''), context: onlyType(context) };
      return [{ action, resource, context }, target];
    }
    case 'EnablePolicyType':
    case 'DisablePolicyType':
      return [{ action, resource: targetArn(organization, input.RootId ?? ''), context: typeKey(input.PolicyType) }];
    case 'TagResource':
    case 'UntagResource': {
      const { resource, context } = policyAsked(organization, input.ResourceId);
      return [{ action, resource, context: { ...context, ...requestTags(input.Tags ?? []) } }];
    }
    default:
      return [onAnything(action)];
  }
}

const typeKey = (type: string | undefined): ContextValues => (type === undefined ? {} : { 'organizations:PolicyType': type });

const onlyType = (context: ContextValues): ContextValues =>
  Object.fromEntries(Object.entries(context).filter(([key]) => key === 'organizations:PolicyType'));

function policyAsked(organization: Organization, id = ''): Pick<Demand, 'resource' | 'context'> {
  const policy = Object.hasOwn(organization.policies, id) ? organization.policies[id] : undefined;
  const type = policy?.type ?? 'SERVICE_CONTROL_POLICY';
  return {
    resource: arnOf(organization, policy, `policy/${policy?.awsManaged ? '' : `${organization.id}/`}${type.toLowerCase()}/${id}`),
    context: { ...typeKey(type), ...(policy === undefined ? {} : resourceTags(policy.tags)) },
  };
}

const arnOf = (organization: Organization, policy: StoredPolicy | undefined, rest: string): string =>
  `arn:aws:organizations::${policy?.awsManaged ? 'aws' : organization.managementAccountId}:${rest}`;

function targetArn(organization: Organization, id: string): string {
  const kind = id.startsWith('r-') ? 'root' : id.startsWith('ou-') ? 'ou' : 'account';
  return arnOf(organization, undefined, `${kind}/${organization.id}/${id}`);
}
