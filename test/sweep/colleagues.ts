// Somebody else edits between apply and rollback what apply put: it is kept word for word, and told.

import { UpdatePolicyCommand } from '@aws-sdk/client-organizations';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { type CaseResult, type CaseSource, caseAt, type SweepCase, type SweptScenario } from './cases.ts';
import { Company, type Moment } from './company.ts';
import { recordingOf } from './recording.ts';

type Edit = (company: Company) => Promise<void>;

const theirs = { Sid: 'Colleague', Effect: 'Deny', Action: 's3:DeleteBucket', Resource: '*' };

const edits: { readonly [what: string]: { readonly edit: Edit; readonly read: (company: Company) => string | null } } = {
  'bucket-policy': {
    read: ({ sandbox }) => sandbox.world().s3.buckets[sandbox.world().hints.testBucket]?.policy ?? null,
    async edit(company) {
      const Bucket = company.sandbox.world().hints.testBucket;
      const Resource = `arn:aws:s3:::${Bucket}`;
      const Policy = withTheirs(edits['bucket-policy']?.read(company) ?? null, { ...theirs, Resource, Principal: '*' });
      await company.sandbox.aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    },
  },
  scp: {
    read: (company) => scpOf(company)?.content ?? null,
    async edit(company) {
      const policy = scpOf(company);
      const Content = withTheirs(policy?.content ?? null, theirs);
      await company.sandbox.aws.organizations.send(new UpdatePolicyCommand({ PolicyId: policy?.id, Content }));
    },
  },
};

export const colleagues: CaseSource = {
  faults: ['edited-by-colleague'],
  async cases(scenario) {
    const { rollback } = await recordingOf(scenario);
    return Object.keys(edits).map(
      (what): SweepCase => ({
        ...caseAt('rollback', scenario, 'edited-by-colleague', what),
        run: () => edited(scenario, rollback.from, what),
      }),
    );
  },
};

async function edited(scenario: SweptScenario, from: Moment, what: string): Promise<CaseResult> {
  const company = await Company.of(scenario, from);
  const { edit, read } = edits[what] ?? { edit: async () => undefined, read: () => null };
  await edit(company);
  const written = read(company);
  const ending = await company.process('rollback');
  const failure =
    ending.how !== 'stopped' || ending.code !== 'QP703'
      ? `rollback does not stop with QP703: ${ending.how}`
      : written === null || read(company) !== written
        ? `what a colleague wrote was overwritten: ${read(company)}`
        : company.watch.violation;
  return { failure, calls: company.watch.calls, asked: company.watch.asked };
}

function withTheirs(policy: string | null, statement: object): string {
  const document = JSON.parse(policy ?? '{"Version":"2012-10-17","Statement":[]}');
  return JSON.stringify({ ...document, Statement: [...document.Statement, statement] });
}

const scpOf = ({ sandbox }: Company) =>
  Object.values(sandbox.world().organizations.organization?.policies ?? {}).find(({ name }) => name === 'QuiltDataPerimeter');
