// Each finding of the bucket-policy step: a landscape that raises it, and one that does not.
import { describe, expect, test } from 'vitest';
import type { FindingCode, Severity } from '../../../src/findings.ts';
import { known, unknown } from '../../../src/ports.ts';
import { planBucketPolicy as planAt } from '../../../src/steps/bucket-policy/plan.ts';
import type { PerimeterInput } from '../../../src/steps/landscape.ts';
import { aBucket, aLandscape, aNetwork, anInput, aSurvey, region, someChoices } from '../../support/landscape.ts';

const planBucketPolicy = (input: PerimeterInput) => planAt(input, new Date('2026-06-01T12:00:00Z'));

const severities = (input: PerimeterInput, code: FindingCode): readonly Severity[] =>
  planBucketPolicy(input)
    .findings.filter((each) => each.code === code)
    .map(({ severity }) => severity);

const withTest = (over: Parameters<typeof aBucket>[1], more: Parameters<typeof aLandscape>[0] = {}) => {
  const bucket = aBucket('quilt-test', over);
  return anInput(aLandscape({ ...more, buckets: { test: bucket, inScope: [aBucket('quilt-data'), bucket], ...more.buckets } }));
};

const policyOf = (...Statement: readonly object[]) => known(JSON.stringify({ Version: '2012-10-17', Statement }));
const foreignAllow = {
  Sid: 'Team',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111122223333:root' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::quilt-test/*',
};
const choosing = (over: Parameters<typeof someChoices>[0], landscape = aLandscape()) => anInput(landscape, someChoices(over));
const refused = unknown('s3:GetBucketPolicy', 'not allowed');

test('a clean bucket raises no error and shows the whole way', () => {
  const plan = planBucketPolicy(anInput());
  expect(plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(plan.changes.map(({ key }) => key.split('/').at(-1))).toEqual(['probe', 'rehearsal', 'trial', 'statement']);
});

describe('QP301', () => {
  test('is an error for an address outside every trusted range', () => {
    expect(severities(choosing({ operatorIp: '203.0.113.50' }), 'QP301')).toEqual(['error']);
  });
  test('is not raised for a trusted address, an unknown one, or an operator with the tag', () => {
    expect(severities(choosing({ operatorIp: '198.51.100.10' }), 'QP301')).toEqual([]);
    expect(severities(anInput(), 'QP301')).toEqual([]);
    const tagged = aLandscape({ operator: { tags: known({ NetworkRestrictedExempt: 'x' }) } });
    expect(severities(choosing({ operatorIp: '203.0.113.50' }, tagged), 'QP301')).toEqual([]);
  });
  test('is unknown, and no error, where the tags are not known: some completion passes', () => {
    const hidden = aLandscape({ operator: { tags: unknown('iam:ListRoleTags', 'not allowed') } });
    expect(severities(choosing({ operatorIp: '203.0.113.50' }, hidden), 'QP301')).toEqual(['unknown']);
  });
});

describe('QP303', () => {
  test.each([
    ['it has objects', withTest({}, { buckets: { testIsEmpty: known(false) } })],
    ['its policy has statements of others', withTest({ policy: policyOf(foreignAllow) })],
    ['it belongs to another account', withTest({ policy: refused }, { buckets: { testIsOurs: false } })],
    ['it is in another Region', withTest({ region: known('eu-west-1') })],
    ['its name is outside the pattern', choosing({ testBucket: 'other-test', buckets: ['data*'] })],
    ['its account is not one that the SCP names', choosing({ resourceAccounts: ['222222222222'] })],
    ['its policy cannot be read', withTest({ policy: refused })],
  ])('is an error where %s', (_, input) => {
    expect(severities(input, 'QP303')).toEqual(['error']);
  });
  test('is unknown where nobody may list the versions', () => {
    expect(severities(withTest({}, { buckets: { testIsEmpty: unknown('s3:ListBucketVersions', 'no') } }), 'QP303')).toEqual(['unknown']);
  });
  test('is not raised for a clean bucket', () => {
    expect(severities(anInput(), 'QP303')).toEqual([]);
  });
  test('stops the step where it is accepted and the policy cannot be read: nothing is merged unread', () => {
    const { landscape } = withTest({ policy: refused });
    expect(() => planBucketPolicy(anInput(landscape, someChoices({ accept: ['QP303'] })))).toThrow(/cannot be read/);
  });
});

describe('QP304', () => {
  const open = { policy: policyOf(foreignAllow), policyIsPublic: known(true) };
  test('is an error where a public policy meets Block Public Access', () => {
    expect(severities(withTest({ ...open, blockPublicPolicy: known(true) }), 'QP304')).toEqual(['error']);
  });
  test('is unknown where the block cannot be read, and not raised where there is none', () => {
    const hidden = unknown('s3:GetBucketPublicAccessBlock', 'no');
    const accountOpen = { buckets: { accountBlockPublicPolicy: known(false) } };
    expect(severities(withTest({ ...open, blockPublicPolicy: hidden }, accountOpen), 'QP304')).toEqual(['unknown']);
    expect(severities(withTest({ ...open, blockPublicPolicy: known(false) }, accountOpen), 'QP304')).toEqual([]);
  });
});

test('QP305 is raised over 20 KB only', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `198.51.${index >> 8}.${index & 255}/32`);
  expect(severities(choosing({ trustedCidrs: many(900) }), 'QP305')).toEqual(['error']);
  expect(severities(choosing({ trustedCidrs: many(90) }), 'QP305')).toEqual([]);
  // While ranges are changed the perimeter that stands is beside the probes.
  const { after } = planBucketPolicy(choosing({ trustedCidrs: many(300) })).changes.at(-1) ?? { after: null };
  const { policy } = after as { policy: string };
  expect(policy.length).toBeLessThan(16_000);
  const standing = aBucket('quilt-test', { policy: known(policy) });
  const changed = choosing({ trustedCidrs: many(301) }, aLandscape({ buckets: { test: standing, inScope: [standing] } }));
  expect(severities(changed, 'QP305')).toEqual(['error']);
});

describe('QP306', () => {
  const role = { name: 'Other', arn: 'arn:aws:iam::111122223333:role/Other', path: '/', tags: known({}) };
  test('warns where nobody carries the tag, and is unknown where that cannot be read', () => {
    expect(severities(anInput(aLandscape({ operator: { roles: known([role]) } })), 'QP306')).toEqual(['warning']);
    expect(severities(anInput(aLandscape({ operator: { roles: unknown('iam:ListRoles', 'no') } })), 'QP306')).toEqual(['unknown']);
    const hidden = { ...role, tags: unknown('iam:ListRoleTags', 'no') };
    expect(severities(anInput(aLandscape({ operator: { roles: known([hidden]) } })), 'QP306')).toEqual(['unknown']);
  });
  test('is not raised where one role carries it, in whatever case', () => {
    const tagged = { ...role, tags: known({ networkrestrictedexempt: 'false' }) };
    expect(severities(anInput(aLandscape({ operator: { roles: known([tagged]) } })), 'QP306')).toEqual([]);
  });
});

test('QP307 warns unless the tag is protected', () => {
  expect(severities(anInput(), 'QP307')).toEqual(['warning']);
  expect(severities(choosing({ protectExemptTag: true }), 'QP307')).toEqual([]);
});

test('QP308 warns of a role of Identity Center only', () => {
  const arn = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/me';
  const survey = aSurvey(aNetwork());
  expect(severities(anInput(aLandscape({ survey: { quilt: { ...survey.quilt, arn, roleArn: null } } })), 'QP308')).toEqual(['warning']);
  expect(severities(anInput(), 'QP308')).toEqual([]);
});

describe('QP309', () => {
  const deny = (operator: string) =>
    policyOf({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: '*',
      Condition: { [operator]: { 'aws:PrincipalIsAWSService': 'false' } },
    });
  const inScope = (policy: ReturnType<typeof deny> | typeof refused) =>
    anInput(aLandscape({ buckets: { inScope: [aBucket('quilt-data', { policy })] } }));
  test('warns of Bool, not of BoolIfExists, and is unknown where a policy cannot be read', () => {
    expect(severities(inScope(deny('Bool')), 'QP309')).toEqual(['warning']);
    expect(severities(inScope(deny('BoolIfExists')), 'QP309')).toEqual([]);
    expect(severities(inScope(refused), 'QP309')).toEqual(['unknown']);
  });
});

test('QP311 warns before the statement is put, and not when it stands', () => {
  expect(severities(anInput(), 'QP311')).toEqual(['warning']);
  expect(severities(withTest({ policy: known(statementPolicy()) }), 'QP311')).toEqual([]);
});

test('QP312 is raised for a statement with our Sid that is not of our making', () => {
  expect(severities(withTest({ policy: policyOf({ ...foreignAllow, Sid: 'QuiltPerimeterNetwork' }) }), 'QP312')).toEqual(['error']);
  const older = anInput(
    aLandscape({ buckets: { test: aBucket('quilt-test', { policy: known(statementPolicy()) }) } }),
    someChoices({ trustedCidrs: ['192.0.2.0/24'] }),
  );
  expect(severities(older, 'QP312')).toEqual([]);
  expect(planBucketPolicy(older).changes).toHaveLength(4);
});

describe('the plan', () => {
  test('is empty where the statements stand', () => {
    expect(planBucketPolicy(withTest({ policy: known(statementPolicy()) })).changes).toEqual([]);
  });
  test("keeps what others wrote, and its pre-image is the bucket's policy byte for byte", () => {
    const text = `{ "Version":"2012-10-17",\n "Statement": [${JSON.stringify(foreignAllow)}] }`;
    const { changes } = planBucketPolicy(withTest({ policy: known(text) }));
    for (const change of changes) expect(change.before).toEqual({ policy: text });
    expect(statementsIn(changes.at(-1)?.after)[0]).toEqual(foreignAllow);
  });
  test('does not take what a killed run left of its trial for a pre-image', () => {
    const trial = planBucketPolicy(anInput()).changes.find(({ key }) => key.endsWith('/trial'));
    const { changes } = planBucketPolicy(
      withTest({ policy: known(JSON.stringify({ Version: '2012-10-17', Statement: statementsIn(trial?.after) })) }),
    );
    expect(changes.map(({ before }) => before)).toEqual(Array.from({ length: 4 }, () => ({ policy: null })));
  });
  test('lets every temporary statement expire, and the lasting one never', () => {
    const { changes } = planBucketPolicy(anInput());
    for (const change of changes.filter(({ temporary, undoes }) => temporary && undoes === undefined)) {
      for (const statement of statementsIn(change.after))
        expect(JSON.stringify(statement)).toContain('"DateLessThan":{"aws:CurrentTime":"{{run.probeExpiry}}"}');
    }
    expect(JSON.stringify(changes.at(-1)?.after)).not.toContain('DateLessThan');
  });
});

function statementPolicy(): string {
  const change = planBucketPolicy(anInput()).changes.at(-1);
  return JSON.stringify({ Version: '2012-10-17', Statement: statementsIn(change?.after) });
}

function statementsIn(after: unknown): readonly object[] {
  const { policy } = after as { policy: string };
  return (JSON.parse(policy) as { Statement: object[] }).Statement;
}

test('the Region of the landscape is the one that the bucket is expected in', () => {
  expect(planBucketPolicy(withTest({ region: known(region) })).findings.filter(({ code }) => code === 'QP303')).toEqual([]);
});
