// What `watch` compares with: the perimeter that stands in AWS, and what the journal says was put on and when.
import type { DenyingStep, Standing } from '../access/attribute.ts';
import { type JournaledChange, type JournalState, stands } from '../journal/journal.ts';
import { isOurs, type PolicyDocument } from '../policy/document.ts';
import { known } from '../ports.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { policyDescription } from '../steps/perimeter-spec.ts';
import { documentIn } from './live-policies.ts';

export interface PutOn {
  readonly step: DenyingStep;
  /** Milliseconds since the epoch: when its last change was begun, and when the journal last heard of one. */
  readonly begunAt: number;
  readonly doneAt: number;
}

/** The last step of the journal that denies and still stands; null: none. */
export function lastPutOn(state: JournalState): PutOn | null {
  for (const [step, types] of denying) {
    const changes = [...state.latest.values()].filter((each) => each.step === step && stands(each) && denies(each, types));
    if (changes.length === 0) continue;
    const latest = (times: readonly string[]): number => Math.max(...times.map((time) => Date.parse(time)));
    return {
      step,
      begunAt: latest(changes.map(({ begunAt }) => begunAt)),
      doneAt: latest(changes.map(({ changedAt }) => changedAt)),
    };
  }
  return null;
}

/** Before an SCP is attached it denies nobody. */
const denying: readonly (readonly [DenyingStep, readonly string[]])[] = [
  ['scp', ['AWS::Organizations::PolicyAttachment']],
  ['bucket-policy', ['AWS::S3::BucketPolicy']],
];

const denies = ({ change }: JournaledChange, types: readonly string[]): boolean =>
  types.includes(change.target.type) && change.temporary !== true && change.undoes === undefined;

/** The perimeter as AWS has it, and the ids of what the SCP is attached to. */
export function standingOf(input: PerimeterInput): { readonly standing: Standing; readonly targets: readonly string[] } {
  const { buckets, organization } = input.landscape;
  const policy = buckets.test.policy.known ? documentIn(buckets.test.policy.value, 's3:GetBucketPolicy') : buckets.test.policy;
  const bucket = policy.known ? known(oursIn(buckets.test.name, policy.value)) : policy;
  if (!organization.known) return { standing: { scp: organization, bucket }, targets: [] };
  const found = organization.value.policy;
  const attached = found === null || found.policy.description !== policyDescription(input) ? [] : found.attachedTo;
  const content = documentIn(found?.content ?? null, 'organizations:DescribePolicy');
  if (found === null || attached.length === 0) return { standing: { scp: known(null), bucket }, targets: [] };
  if (!content.known) return { standing: { scp: content, bucket }, targets: attached.map(({ id }) => id) };
  const { id, name } = found.policy;
  const scp = known({ id, name, document: content.value ?? { Statement: [] } });
  return { standing: { scp, bucket }, targets: attached.map((target) => target.id) };
}

function oursIn(name: string, document: PolicyDocument | null) {
  const statements = document?.Statement ?? [];
  const ours = statements.filter(isOurs);
  const alone = !statements.some((statement) => statement.Effect === 'Deny' && !isOurs(statement));
  return ours.length === 0 ? null : { name, document: { Statement: ours }, alone };
}
