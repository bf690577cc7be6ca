// Policies: making, changing and deleting them, and what is attached where (D8–D19).
import type {
  AttachPolicyCommandInput,
  CreatePolicyCommandInput,
  DeletePolicyCommandInput,
  DescribePolicyCommandInput,
  DetachPolicyCommandInput,
  ListPoliciesCommandInput,
  ListPoliciesForTargetCommandInput,
  ListTargetsForPolicyCommandInput,
  Policy,
  PolicySummary,
  UpdatePolicyCommandInput,
} from '@aws-sdk/client-organizations';
import type { Call } from '../types.ts';
import { guarded } from './access.ts';
import { checkContent, limitsOf } from './content.ts';
import { bounded, constraint, invalidInput, need, refused, shaped } from './errors.ts';
import { page } from './pages.ts';
import { endAttachment, forget } from './settle.ts';
import type { Organization, StoredPolicy } from './state.ts';
import { asTags } from './tags.ts';
import { nodeArn, nodeOf, targetOf } from './tree.ts';

/** Every type that Organizations knows (D8). */
export const policyTypes: readonly string[] = [
  'SERVICE_CONTROL_POLICY',
  'RESOURCE_CONTROL_POLICY',
  'TAG_POLICY',
  'BACKUP_POLICY',
  'AISERVICES_OPT_OUT_POLICY',
  'CHATBOT_POLICY',
  'DECLARATIVE_POLICY_EC2',
  'SECURITYHUB_POLICY',
  'INSPECTOR_POLICY',
  'UPGRADE_ROLLOUT_POLICY',
  'BEDROCK_POLICY',
  'S3_POLICY',
  'NETWORK_SECURITY_DIRECTOR_POLICY',
];

/** A policy type of the request. Throws InvalidInputException (INVALID_ENUM_POLICY_TYPE). */
export function policyTypeOf(value: string | undefined, name: string): string {
  const type = need(value, name);
  if (!policyTypes.includes(type)) throw invalidInput('INVALID_ENUM_POLICY_TYPE', `You specified a value for ${name} that is not valid.`);
  return type;
}

/** The ARN of a policy; AWS's own have no account. */
export function policyArn(organization: Organization, policy: StoredPolicy): string {
  const owner = policy.awsManaged ? 'aws:policy' : `${organization.managementAccountId}:policy/${organization.id}`;
  return `arn:aws:organizations::${owner}/${policy.type.toLowerCase()}/${policy.id}`;
}

const summary = (organization: Organization, policy: StoredPolicy): PolicySummary => ({
  Id: policy.id,
  Arn: policyArn(organization, policy),
  Name: policy.name,
  Description: policy.description,
  Type: policy.type as never,
  AwsManaged: policy.awsManaged,
});

const shape = (organization: Organization, policy: StoredPolicy): Policy => ({
  PolicySummary: summary(organization, policy),
  Content: policy.content,
});

function policyOf(organization: Organization, id: string | undefined): StoredPolicy {
  const policy = organization.policies[shaped(need(id, 'PolicyId'), /^p-[0-9a-zA-Z_]{8,128}$/, 'PolicyId')];
  if (!policy) throw refused('PolicyNotFoundException', "We can't find a policy with the PolicyId that you specified.");
  return policy;
}

function changeable(policy: StoredPolicy): StoredPolicy {
  if (policy.awsManaged) throw invalidInput('IMMUTABLE_POLICY', 'You specified a policy that is managed by AWS and cannot be modified.');
  return policy;
}

function unique(organization: Organization, name: string, except: string | null): void {
  const taken = Object.values(organization.policies).some((policy) => policy.name === name && policy.id !== except);
  if (taken) throw refused('DuplicatePolicyException', 'A policy with the same name already exists.');
}

function inAllFeatures(organization: Organization): void {
  if (organization.featureSet !== 'ALL')
    throw refused(
      'PolicyTypeNotAvailableForOrganizationException',
      'This operation requires that all features are enabled in the organization.',
    );
}

function create(organization: Organization, input: CreatePolicyCommandInput, call: Call): { Policy: Policy } {
  const type = policyTypeOf(input.Type, 'Type');
  const name = bounded(need(input.Name, 'Name'), 'Name', 1, 128);
  const description = bounded(need(input.Description, 'Description'), 'Description', 0, 512);
  const content = bounded(need(input.Content, 'Content'), 'Content', 1, 1_000_000);
  inAllFeatures(organization);
  checkContent(type, content);
  unique(organization, name, null);
  const tags = asTags(input.Tags ?? []);
  const id = call.id('p');
  const policy: StoredPolicy = {
    id,
    name,
    description,
    type,
    awsManaged: false,
    content,
    tags,
    createdAt: call.now,
    history: [{ content, from: call.now }],
  };
  organization.policies[id] = policy;
  return { Policy: shape(organization, policy) };
}

function update(organization: Organization, input: UpdatePolicyCommandInput, call: Call): { Policy: Policy } {
  const policy = changeable(policyOf(organization, input.PolicyId));
  const name = bounded(input.Name ?? policy.name, 'Name', 1, 128);
  const description = bounded(input.Description ?? policy.description, 'Description', 0, 512);
  if (input.Content !== undefined) checkContent(policy.type, input.Content);
  unique(organization, name, policy.id);
  policy.name = name;
  policy.description = description;
  if (input.Content !== undefined && input.Content !== policy.content) {
    policy.content = input.Content;
    policy.history.push({ content: input.Content, from: call.now });
  }
  forget(organization, call.now);
  return { Policy: shape(organization, policy) };
}

function remove(organization: Organization, input: DeletePolicyCommandInput): object {
  const policy = changeable(policyOf(organization, input.PolicyId));
  if (organization.attachments.some((attachment) => attachment.policyId === policy.id))
    throw refused(
      'PolicyInUseException',
      'The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing this operation.',
    );
  delete organization.policies[policy.id];
  return {};
}

const attachedOfType = (organization: Organization, targetId: string, type: string) =>
  organization.attachments.filter(
    (attachment) => attachment.targetId === targetId && organization.policies[attachment.policyId]?.type === type,
  );

function attach(organization: Organization, input: AttachPolicyCommandInput, call: Call): object {
  const policy = policyOf(organization, input.PolicyId);
  const target = targetOf(organization, need(input.TargetId, 'TargetId'));
  if (organization.root.policyTypes.find(({ type }) => type === policy.type)?.status !== 'ENABLED')
    throw refused('PolicyTypeNotEnabledException', 'The specified policy type is not currently enabled in this root.');
  const present = attachedOfType(organization, target.id, policy.type);
  if (present.some((attachment) => attachment.policyId === policy.id))
    throw refused('DuplicatePolicyAttachmentException', 'The selected policy is already attached to the specified target.');
  const most = limitsOf(policy.type).attachments;
  if (present.length >= most)
    throw constraint(
      'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
      `You have attached the maximum of ${most} policies of this type to the target.`,
    );
  organization.attachments.push({ policyId: policy.id, targetId: target.id, attachedAt: call.now });
  forget(organization, call.now);
  return {};
}

function detach(organization: Organization, input: DetachPolicyCommandInput, call: Call): object {
  const policy = policyOf(organization, input.PolicyId);
  const target = targetOf(organization, need(input.TargetId, 'TargetId'));
  const present = attachedOfType(organization, target.id, policy.type);
  if (!present.some((attachment) => attachment.policyId === policy.id))
    throw refused('PolicyNotAttachedException', "The policy isn't attached to the specified target in the specified root.");
  if (policy.id === 'p-RCPFullAWSAccess') throw invalidInput('NON_DETACHABLE_POLICY', 'This policy cannot be detached.');
  if (policy.type === 'SERVICE_CONTROL_POLICY' && present.length === 1)
    throw constraint('MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED', 'You cannot remove the last policy of this type from the target.');
  endAttachment(organization, policy.id, target.id, call.now);
  forget(organization, call.now);
  return {};
}

export const policies = {
  CreatePolicy: guarded('write', create),
  UpdatePolicy: guarded('write', update),
  DeletePolicy: guarded('write', remove),
  AttachPolicy: guarded('write', attach),
  DetachPolicy: guarded('write', detach),

  DescribePolicy: guarded('read', (organization, input: DescribePolicyCommandInput) => ({
    Policy: shape(organization, policyOf(organization, input.PolicyId)),
  })),

  ListPolicies: guarded('read', (organization, input: ListPoliciesCommandInput, call) => {
    const type = policyTypeOf(input.Filter, 'Filter');
    const { items, ...more } = page(
      Object.values(organization.policies).filter((policy) => policy.type === type),
      input,
      call,
    );
    return { Policies: items.map((policy) => summary(organization, policy)), ...more };
  }),

  // Directly attached policies only; inherited ones are the caller's to find (D17).
  ListPoliciesForTarget: guarded('read', (organization, input: ListPoliciesForTargetCommandInput, call) => {
    const type = policyTypeOf(input.Filter, 'Filter');
    const target = targetOf(organization, need(input.TargetId, 'TargetId'));
    const { items, ...more } = page(attachedOfType(organization, target.id, type), input, call);
    const found = items.flatMap(({ policyId }) => organization.policies[policyId] ?? []);
    return { Policies: found.map((policy) => summary(organization, policy)), ...more };
  }),

  ListTargetsForPolicy: guarded('read', (organization, input: ListTargetsForPolicyCommandInput, call) => {
    const policy = policyOf(organization, input.PolicyId);
    const { items, ...more } = page(
      organization.attachments.filter(({ policyId }) => policyId === policy.id),
      input,
      call,
    );
    const targets = items.flatMap(({ targetId }) => nodeOf(organization, targetId) ?? []);
    return {
      Targets: targets.map((node) => ({ TargetId: node.id, Arn: nodeArn(organization, node), Name: node.name, Type: node.type })),
      ...more,
    };
  }),
};
