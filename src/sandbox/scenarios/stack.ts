// Builders for CloudFormation stacks that stand, and for the roles that their templates make.
import { stackRecord } from '../cloudformation/new-stack.ts';
import { propertiesOf } from '../cloudformation/resolve.ts';
import { resourcesFor, scopeOf } from '../cloudformation/stack.ts';
import type { StackRecord } from '../cloudformation/state.ts';
import { isObject, type Node, parseTemplate } from '../cloudformation/template.ts';
import { type Draft, daysAgo, markOf } from './draft.ts';
import { addRole } from './identities.ts';

export interface StackParts {
  readonly name: string;
  readonly accountId: string;
  /** A JSON template. */
  readonly template: string;
  /** Those that are not named take the template's default. */
  readonly parameters: { readonly [key: string]: string };
  readonly tags?: { [key: string]: string };
  readonly region?: string;
}

/** A stack in CREATE_COMPLETE with all resources that its template has under these parameters, and their IAM roles. */
export function addStack(draft: Draft, parts: StackParts): StackRecord {
  const { name, accountId, template, region = draft.region } = parts;
  const createdAt = daysAgo(draft, 365);
  const defaults = Object.entries(parseTemplate(template).parameters).map(([key, parameter]) => [key, parameter.default ?? '']);
  const hex = markOf(draft, `stack/${accountId}/${name}`, 32).toLowerCase();
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  const id = `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/${uuid}`;
  const stack = stackRecord({
    id,
    name,
    accountId,
    region,
    status: 'CREATE_COMPLETE',
    createdAt,
    content: {
      template,
      parameters: { ...Object.fromEntries(defaults), ...parts.parameters },
      tags: { ...parts.tags },
      capabilities: ['CAPABILITY_NAMED_IAM'],
      notificationArns: [],
      roleArn: null,
    },
  });
  stack.resources = resourcesFor(stack, stack.content, createdAt);
  stack.events = [
    event(stack, 'CREATE_IN_PROGRESS', createdAt, 'User Initiated'),
    event(stack, 'CREATE_COMPLETE', createdAt + 1_500_000, null),
  ];
  draft.world.cloudformation.stacks[id] = stack;
  addRoles(draft, stack);
  return stack;
}

/** The physical id of one of the stack's resources. Throws where the template has no such resource. */
export function physicalIdIn(stack: StackRecord, logicalId: string): string {
  const resource = stack.resources.find((candidate) => candidate.logicalId === logicalId);
  if (!resource) throw new Error(`stack ${stack.name} has no resource ${logicalId}`);
  return resource.physicalId;
}

function addRoles(draft: Draft, stack: StackRecord): void {
  const scope = scopeOf(stack, stack.content);
  for (const { logicalId, physicalId, type } of stack.resources) {
    if (type !== 'AWS::IAM::Role') continue;
    const { Policies, AssumeRolePolicyDocument } = propertiesOf(logicalId, scope);
    const role = addRole(draft, stack.accountId, {
      name: physicalId,
      description: `Made by stack ${stack.name}`,
      inline: Object.fromEntries((Array.isArray(Policies) ? Policies : []).filter(isObject).map((policy: Node) => named(policy))),
      tags: { 'aws:cloudformation:stack-name': stack.name, 'aws:cloudformation:logical-id': logicalId },
    });
    role.trustPolicy = JSON.stringify(AssumeRolePolicyDocument);
  }
}

const named = (policy: Node): [string, object] =>
  isObject(policy) && isObject(policy.PolicyDocument) ? [String(policy.PolicyName), policy.PolicyDocument] : ['policy', {}];

const event = (stack: StackRecord, status: string, at: number, reason: string | null) => ({
  id: `${stack.name}-${status}`,
  at,
  logicalId: stack.name,
  physicalId: stack.id,
  type: 'AWS::CloudFormation::Stack',
  status,
  reason,
  token: null,
});
