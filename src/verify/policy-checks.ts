// The perimeter's policies: what stands on the test bucket and in the organization, and that it binds this account.
import { type PolicyDocument, parsePolicy, withoutOurs } from '../policy/document.ts';
import { withoutGuard } from '../policy/guard.ts';
import { bucketStatements, scpDocument } from '../policy/perimeter.ts';
import { guardInForce } from '../steps/guard.ts';
import type { OrganizationSeen, PerimeterInput } from '../steps/landscape.ts';
import { perimeterSpec } from '../steps/perimeter-spec.ts';
import { type Check, type Found, fails, holds, restsOn, unread, untold } from './check.ts';
import { sameMeaning } from './same-meaning.ts';

/** The proposition on the test bucket's policy. `now` tells what of it still stands. */
export function bucketPolicyChecks(input: PerimeterInput, now: Date): readonly Check[] {
  const { testBucket } = input.choices;
  return [
    {
      id: 'bucket-policy/statements',
      step: 'bucket-policy',
      summary: `The policy of bucket ${testBucket} denies what the perimeter denies, and nothing else of it`,
      subjects: [testBucket],
      ...bucketPolicyFound(input, now),
    },
  ];
}

function bucketPolicyFound(input: PerimeterInput, now: Date): Found {
  const { policy } = input.landscape.buckets.test;
  if (!policy.known) return unread(policy);
  if (policy.value === null) return fails('the bucket has no policy');
  const wanted = { Version: '2012-10-17', Statement: bucketStatements(perimeterSpec(input), input.choices.testBucket) };
  return guarded(policy.value, now, (standing) => {
    // What others wrote stands on both sides: whether it is theirs to write is not asked here.
    const others = withoutOurs(standing);
    const found = sameMeaning(standing, { ...standing, Statement: [...others, ...wanted.Statement] });
    return found.state === 'ok' && others.length > 0
      ? holds(`${found.evidence}; beside it stand ${others.length} statements of others`)
      : found;
  });
}

/** The propositions on the SCP: the policy type, its content, its attachments, and that it binds the Quilt account. */
export function scpChecks(input: PerimeterInput, now: Date): readonly Check[] {
  const { choices, landscape } = input;
  const { organization } = landscape;
  const name = choices.policyName;
  const account = landscape.survey.quilt.accountId;
  const of = (judge: (seen: OrganizationSeen) => Found): Found => (organization.known ? judge(organization.value) : unread(organization));
  const check = (id: string, summary: string, found: Found, subjects: readonly string[]): Check => ({
    id,
    step: 'scp',
    summary,
    subjects,
    ...found,
  });
  const policyId = organization.known ? (organization.value.policy?.policy.id ?? name) : name;
  const targets = choices.targets.map((id) =>
    check(
      targetId(id),
      `SCP ${name} is attached to ${targetName(id, organization.known ? organization.value : null)}`,
      of((seen) => attached(id, seen)),
      [policyId, id],
    ),
  );
  return [
    check('scp/policy-type', 'Service control policies are enabled in the organization', of(policyTypeFound), [
      organization.known ? organization.value.root.id : account,
    ]),
    check(
      'scp/content',
      `SCP ${name} denies what the perimeter denies, and nothing else`,
      of((seen) => contentFound(seen, input, now)),
      [policyId],
    ),
    ...targets,
    check(
      'scp/in-force',
      `SCP ${name} binds account ${account} by inheritance`,
      of((seen) => inForce(seen, targets, input)),
      [policyId, account],
    ),
  ];
}

const typeId = 'scp/policy-type';
const contentId = 'scp/content';
const targetId = (id: string): string => `scp/attached/${id}`;

function targetName(id: string, seen: OrganizationSeen | null): string {
  const target = seen?.targets.find((each) => each.target.id === id)?.target;
  return target === undefined || target.name === id ? id : `${target.name} (${id})`;
}

const policyTypeFound = ({ policyType, root }: OrganizationSeen): Found => {
  const told = `SERVICE_CONTROL_POLICY on root ${root.id} is ${policyType === 'none' ? 'not enabled' : policyType}`;
  if (policyType === 'ENABLED') return holds(told);
  return policyType.startsWith('PENDING') ? untold(told) : fails(told);
};

function contentFound({ policy }: OrganizationSeen, input: PerimeterInput, now: Date): Found {
  if (policy === null) return fails('the organization has no SCP of that name');
  const found = guarded(policy.content, now, (standing) => sameMeaning(standing, scpDocument(perimeterSpec(input))));
  return { ...found, evidence: `${policy.policy.id}: ${found.evidence}` };
}

function attached(id: string, { policy, policyType }: OrganizationSeen): Found {
  if (policy === null) return restsOn(contentId);
  if (policyType !== 'ENABLED') return restsOn(typeId);
  return policy.attachedTo.some((target) => target.id === id)
    ? holds(`Organizations lists ${id} among the targets of ${policy.policy.id}`)
    : fails(`${policy.policy.id} is attached to ${policy.attachedTo.map((target) => target.id).join(', ') || 'nothing'}`);
}

/** By inheritance: attached to the account, or to a unit or the root above it (D17). */
function inForce(seen: OrganizationSeen, targets: readonly Check[], { landscape }: PerimeterInput): Found {
  const { policy, policyType, ancestors, info } = seen;
  if (policy === null) return restsOn(contentId);
  if (policyType !== 'ENABLED') return restsOn(typeId);
  const account = landscape.survey.quilt.accountId;
  if (account === info.managementAccountId) return fails(`account ${account} is the management account, which SCPs never bind`);
  const path = ancestors.map(({ target }) => target.id);
  const by = policy.attachedTo.filter(({ id }) => path.includes(id)).map(({ id }) => id);
  const way = path.join(' > ');
  if (by.length > 0) return holds(`${way}: attached to ${by.join(' and ')}`);
  const cause = targets.find(({ id, state }) => state !== 'ok' && path.some((each) => targetId(each) === id));
  return cause === undefined ? fails(`${way}: attached to none of these`) : restsOn(cause.id);
}

/** Judges the document without its date; what nobody confirmed yet is not settled, however it reads. */
function guarded(text: string, now: Date, judge: (standing: PolicyDocument) => Found): Found {
  const guard = guardInForce(text, now);
  const parsed = parsePolicy(guard === null ? text : withoutGuard(text));
  if (!parsed.ok) return untold(`it cannot be understood: ${parsed.reason}`);
  const found = judge(parsed.document);
  if (guard === null || found.state !== 'ok') return found;
  return untold(`${found.evidence}; it is not confirmed, and AWS ends it by itself at ${guard.until}`);
}
