// Somebody else edits between apply and rollback what apply put: it is kept word for word, and told.

import { UpdatePolicyCommand } from '@aws-sdk/client-organizations';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { type CaseResult, type CaseSource, caseAt, type SweepCase, type SweptScenario } from './cases.ts';
import { Company, type Ending, type Moment } from './company.ts';
import { recordingOf } from './recording.ts';

interface Policy {
  readonly read: (company: Company) => string | null;
  readonly write: (company: Company, policy: string) => Promise<unknown>;
  /** What a colleague's own statement says. */
  readonly theirs: Statement;
}

const theirs = { Sid: 'Colleague', Effect: 'Deny', Action: 's3:DeleteBucket' };

const bucketPolicy: Policy = {
  theirs: { ...theirs, Principal: '*', Resource: 'BUCKET' },
  read: ({ sandbox }) => sandbox.world().s3.buckets[sandbox.world().hints.testBucket]?.policy ?? null,
  write({ sandbox }, policy) {
    const Bucket = sandbox.world().hints.testBucket;
    return sandbox.aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy.replaceAll('BUCKET', `arn:aws:s3:::${Bucket}`) }));
  },
};

const scp: Policy = {
  theirs: { ...theirs, Resource: '*' },
  read: (company) => scpOf(company)?.content ?? null,
  write: (company, policy) =>
    company.sandbox.aws.organizations.send(new UpdatePolicyCommand({ PolicyId: scpOf(company)?.id, Content: policy })),
};

interface Edit {
  readonly policy: Policy;
  readonly edit: (statements: readonly Statement[]) => readonly Statement[];
  /** What is wrong with what rollback left; null: nothing. */
  readonly wrong: (ending: Ending, left: string | null, written: string | null) => string | null;
}

type Statement = Readonly<Record<string, unknown>>;

/** Ours: a conflict, kept word for word. */
const ours = (policy: Policy): Edit => ({
  policy,
  edit: (statements) =>
    statements.map((each) => (String(each.Sid).startsWith('QuiltPerimeter') ? { ...each, Action: 's3:GetObject' } : each)),
  wrong: (ending, left, written) => {
    if (ending.how !== 'stopped' || ending.code !== 'QP703') return `rollback does not stop with QP703: ${ending.how}`;
    return written !== null && left === written ? null : `what a colleague wrote was overwritten: ${left}`;
  },
});

/** Beside ours: theirs stays, and ours goes. */
const beside = (policy: Policy): Edit => ({
  policy,
  edit: (statements) => [...statements, policy.theirs],
  wrong: (ending, left) => {
    if (ending.how === 'failed') return `rollback fails: ${ending.why}`;
    if (left?.includes('"Sid":"Colleague"') !== true) return `what a colleague wrote was removed: ${left}`;
    return /"Sid":"QuiltPerimeter(Network|OutsideOrganization)/.test(left) ? `ours is left: ${left}` : null;
  },
});

const edits: { readonly [what: string]: Edit } = {
  'our-statement-in-the-bucket-policy': ours(bucketPolicy),
  'our-statement-in-the-scp': ours(scp),
  'beside-ours-in-the-bucket-policy': beside(bucketPolicy),
  'beside-ours-in-the-scp': beside(scp),
};

export const colleagues: CaseSource = {
  faults: ['edited-by-colleague'],
  async cases(scenario) {
    const { rollback } = await recordingOf(scenario);
    return Object.entries(edits).map(
      ([what, edit]): SweepCase => ({
        ...caseAt('rollback', scenario, 'edited-by-colleague', what),
        run: () => edited(scenario, rollback.from, edit),
      }),
    );
  },
};

async function edited(scenario: SweptScenario, from: Moment, { policy, edit, wrong }: Edit): Promise<CaseResult> {
  const company = await Company.of(scenario, from);
  const document = JSON.parse(policy.read(company) ?? '{"Version":"2012-10-17","Statement":[]}');
  await policy.write(company, JSON.stringify({ ...document, Statement: edit(document.Statement) }));
  const written = policy.read(company);
  const ending = await company.process('rollback');
  const failure = wrong(ending, policy.read(company), written) ?? company.watch.violation;
  return { failure, calls: company.watch.calls, asked: company.watch.asked };
}

const scpOf = ({ sandbox }: Company) =>
  Object.values(sandbox.world().organizations.organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter');
