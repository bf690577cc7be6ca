// The SCP's plan and findings over landscapes made by hand.
import { describe, expect, test } from 'vitest';
import type { FindingCode, Severity } from '../../../src/findings.ts';
import { known, unknown } from '../../../src/ports.ts';
import type { SeenCanary } from '../../../src/steps/canary-runs.ts';
import type { Choices } from '../../../src/steps/choices.ts';
import type { OrganizationSeen, PerimeterInput, ReplayedPath } from '../../../src/steps/landscape.ts';
import { policyDescription } from '../../../src/steps/perimeter-spec.ts';
import { planScp as planAt } from '../../../src/steps/scp/plan.ts';
import {
  aBucket,
  accountId,
  aLandscape,
  aNetwork,
  anInput,
  anOrganization,
  aSurvey,
  managementAccountId,
  someChoices,
} from '../../support/landscape.ts';

const planScp = (of: PerimeterInput) => planAt(of, new Date('2026-06-01T12:00:00Z'));

const root = anOrganization().root;
const account = { id: accountId, arn: '', name: 'quilt', type: 'ACCOUNT' as const };
const other = { id: '222222222222', arn: '', name: 'other', type: 'ACCOUNT' as const };
const target = (of: typeof account | typeof root, count = 1) => ({
  target: of,
  path: [root.id, of.id],
  policies: Array.from({ length: count }, (_, index) => ({
    id: `p-${index}`,
    arn: '',
    name: `policy ${index}`,
    description: '',
    awsManaged: false,
  })),
});

function input(
  organization: Partial<OrganizationSeen> = {},
  choices: Partial<Choices> = {},
  more: Parameters<typeof aLandscape>[0] = {},
): PerimeterInput {
  return anInput(aLandscape({ ...more, organization: known(anOrganization(organization)) }), someChoices(choices));
}

const wide = JSON.stringify(contentOf('content'));

function contentOf(which: string): object {
  const { after } = planScp(input()).changes.find(({ key }) => key.endsWith(`/${which}`)) ?? { after: null };
  return JSON.parse((after as { content: string }).content);
}

function standing(
  content: string,
  attachedTo: OrganizationSeen['targets'][number]['target'][],
  description = policyDescription(anInput()),
) {
  return {
    policy: { id: 'p-ours', arn: '', name: 'QuiltDataPerimeter', description, awsManaged: false },
    content,
    attachedTo,
    tags: known({}),
  };
}

const steps = (of: PerimeterInput) => planScp(of).changes.map(({ key }) => key.replace('scp/QuiltDataPerimeter/', ''));
const severities = (of: PerimeterInput, code: FindingCode): readonly Severity[] =>
  planScp(of)
    .findings.filter((each) => each.code === code)
    .map(({ severity }) => severity);

describe('the plan', () => {
  test('goes narrow, attached, rehearsed, widened where nothing stands', () => {
    expect(steps(input())).toEqual(['policy', `attach/${accountId}`, 'rehearsal', 'rehearsal-back', 'content']);
  });
  test('enables the policy type first, and says that nothing undoes it', () => {
    const { changes, confirmations } = planScp(input({ policyType: 'none' }));
    expect(changes[0]?.key).toBe('scp/policy-type');
    expect(changes[0]?.irreversible).toMatch(/stay enabled/);
    expect(changes[1]?.needs).toContain('scp/policy-type');
    expect(confirmations.map(({ id }) => id)).toEqual(['scp/policy-type', `scp/${accountId}`]);
    expect(confirmations[0]?.typed).toContain('r-ex01');
  });
  test('is empty where the full policy is attached to every target', () => {
    const plan = planScp(input({ policy: standing(wide, [account]) }));
    expect(plan.changes).toEqual([]);
    expect(plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  test('attaches to further targets one after the other, each with its own question', () => {
    const { changes, confirmations } = planScp(input({ targets: [target(account), target(root)] }, { targets: [accountId, root.id] }));
    const last = changes.at(-1);
    expect(last?.key).toBe(`scp/QuiltDataPerimeter/attach/${root.id}`);
    expect(last?.needs).toContain('scp/QuiltDataPerimeter/content');
    expect(last?.confirm).toBe(`scp/${root.id}`);
    expect(confirmations.at(-1)?.typed).toEqual([root.id, 'Root']);
  });
  test('only attaches where the full policy is in force elsewhere under this account', () => {
    const both = { targets: [target(account), target(root)], policy: standing(wide, [account]) };
    expect(steps(input(both, { targets: [accountId, root.id] }))).toEqual([`attach/${root.id}`]);
  });
  test.each([
    ['expired probe statements', () => JSON.stringify(contentOf('policy'))],
    ['a lifted version', () => JSON.stringify(contentOf('rehearsal'))],
  ])('puts fresh probe statements first where our policy stands with %s', (_, content) => {
    const attached = input({ policy: standing(content(), [account]) });
    expect(steps(attached)).toEqual(['probe', 'rehearsal', 'rehearsal-back', 'content']);
    expect(planScp(attached).changes[0]?.proof).toBe('scp-verdict');
    expect(steps(input({ policy: standing(content(), []) }))).toEqual([
      'probe',
      `attach/${accountId}`,
      'rehearsal',
      'rehearsal-back',
      'content',
    ]);
  });
  test('keeps the perimeter that is in force while another one is probed', () => {
    const { changes } = planScp(input({ policy: standing(wide, [account]) }, { trustedCidrs: ['192.0.2.0/24'] }));
    for (const change of changes) expect(JSON.stringify(change.after)).toContain('QuiltPerimeterNetwork');
  });
  test('is right without its temporary changes, as --skip-probes leaves it', () => {
    const { changes } = planScp(input({}, { skipProbes: true }));
    expect(changes.filter(({ temporary, proof, precheck }) => temporary || proof || precheck)).toEqual([]);
    expect(changes.map(({ key }) => key.split('/')[2])).toEqual(['policy', 'attach', 'content']);
  });
  test('undoes the widening before anything else', () => {
    expect(
      planScp(input())
        .changes.filter(({ undoFirst }) => undoFirst)
        .map(({ key }) => key),
    ).toEqual(['scp/QuiltDataPerimeter/content']);
  });
});

describe('findings', () => {
  test('QP302 is raised where the first target does not bind this account, unless probes are skipped', () => {
    const elsewhere = { targets: [target(other)] };
    expect(severities(input(elsewhere, { targets: [other.id] }), 'QP302')).toEqual(['error']);
    expect(severities(input(elsewhere, { targets: [other.id], skipProbes: true }), 'QP302')).toEqual([]);
    expect(severities(input(), 'QP302')).toEqual([]);
  });
  test('QP401 is raised without all features', () => {
    const billing = { id: 'o-example', managementAccountId, featureSet: 'CONSOLIDATED_BILLING' };
    expect(severities(input({}, {}, { survey: { organization: known(billing) } }), 'QP401')).toEqual(['error']);
    expect(severities(input(), 'QP401')).toEqual([]);
  });
  test('QP402 is raised where the organization cannot be read, and accepting it does not help', () => {
    const hidden = aLandscape({ organization: unknown('organizations:ListRoots', 'not authorized') });
    expect(severities(anInput(hidden), 'QP402')).toEqual(['error']);
    expect(() => planScp(anInput(hidden, someChoices({ accept: ['QP402'] })))).toThrow(/cannot read the organization/);
    expect(severities(input(), 'QP402')).toEqual([]);
  });
  test.each([
    [60, []],
    [300, ['warning']],
    [700, ['error']],
  ])('QP403 with %i ranges: %j', (count, expected) => {
    const trustedCidrs = Array.from({ length: count }, (_, index) => `198.51.${index >> 8}.${index & 255}/32`);
    expect(severities(input({}, { trustedCidrs }), 'QP403')).toEqual(expected);
  });
  test('QP403 counts the version in which the standing perimeter is beside the probes', () => {
    const ranges = (count: number) => Array.from({ length: count }, (_, index) => `198.51.${index >> 8}.${index & 255}/32`);
    const of = planScp(input({}, { trustedCidrs: ranges(280) }));
    const { after } = of.changes.find(({ key }) => key.endsWith('/content')) ?? { after: null };
    const { content } = after as { content: string };
    expect(content.length).toBeLessThan(7_000);
    const changed = input({ policy: standing(content, [account]) }, { trustedCidrs: ranges(281) });
    expect(severities(changed, 'QP403')).toEqual(['error']);
  });
  test.each([
    [1, []],
    [5, ['warning']],
    [10, ['error']],
  ])('QP404 with %i attached: %j', (count, expected) => {
    expect(severities(input({ targets: [target(account, count)] }), 'QP404')).toEqual(expected);
  });
  test('QP405 is an error for the stack in the management account, a warning for another in scope', () => {
    const own = { id: 'o-example', managementAccountId: accountId, featureSet: 'ALL' };
    expect(severities(input({ info: own }, {}, { survey: { organization: known(own) } }), 'QP405')).toEqual(['error']);
    expect(severities(input({}, { resourceAccounts: [accountId, managementAccountId] }), 'QP405')).toEqual(['warning']);
    expect(severities(input(), 'QP405')).toEqual([]);
    const hidden = aLandscape({ survey: { organization: unknown('organizations:DescribeOrganization', 'no') } });
    expect(severities(anInput(hidden), 'QP405')).toEqual(['unknown']);
  });
  test('QP406 informs where VPC ids are compared, not where ARNs are', () => {
    expect(severities(input(), 'QP406')).toEqual(['info']);
    expect(severities(input({}, { vpcKey: 'arn' }), 'QP406')).toEqual([]);
  });
  test('QP407 warns unless access points are named', () => {
    expect(severities(input(), 'QP407')).toEqual(['warning']);
    expect(severities(input({}, { accessPoints: true }), 'QP407')).toEqual([]);
  });
  test('QP408 warns of strangers under the pattern and of buckets that it misses', () => {
    const tagged = aBucket('quilt-more', { tags: known({ Stack: 'quilt-prod' }) });
    const withBuckets = (...inScope: readonly ReturnType<typeof aBucket>[]) => input({}, {}, { buckets: { inScope } });
    expect(severities(withBuckets(aBucket('quilt-data'), tagged), 'QP408')).toEqual([]);
    expect(severities(withBuckets(aBucket('quilting-club')), 'QP408')).toEqual(['warning']);
    expect(severities(withBuckets(aBucket('quilt-x', { tags: unknown('s3:GetBucketTagging', 'no') })), 'QP408')).toEqual(['unknown']);
    const missed = [{ logicalId: 'Old', physicalId: 'legacy-data', type: 'AWS::S3::Bucket' }];
    expect(severities(input({}, {}, { stack: { resources: known(missed) }, buckets: { inScope: [] } }), 'QP408')).toEqual(['warning']);
    expect(severities(input({}, {}, { stack: { resources: unknown('cloudformation:ListStackResources', 'no') } }), 'QP408')).toEqual([
      'unknown',
    ]);
  });
  test('QP410 is raised for a policy of that name by somebody else, and nothing is planned', () => {
    const foreign = input({ policy: standing('{"Version":"2012-10-17","Statement":[]}', [], 'by hand') });
    expect(severities(foreign, 'QP410')).toEqual(['error']);
    expect(planScp(foreign).changes).toEqual([]);
    expect(severities(input({ policy: standing(wide, [account], 'by hand') }), 'QP410')).toEqual([]);
  });
  test('QP411 warns of other managers of SCPs', () => {
    expect(severities(input({ managers: ['Control Tower'] }), 'QP411')).toEqual(['warning']);
    expect(severities(input(), 'QP411')).toEqual([]);
  });
  test('QP412 warns of grants to accounts that no target binds', () => {
    const granting = (principal: string) =>
      input(
        {},
        {},
        {
          buckets: {
            inScope: [
              aBucket('quilt-data', {
                policy: known(
                  JSON.stringify({
                    Version: '2012-10-17',
                    Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 's3:*', Resource: '*' }],
                  }),
                ),
              }),
            ],
          },
        },
      );
    expect(severities(granting('arn:aws:iam::333333333333:root'), 'QP412')).toEqual(['warning']);
    expect(severities(granting(`arn:aws:iam::${accountId}:root`), 'QP412')).toEqual([]);
    const hidden = { buckets: { inScope: [aBucket('quilt-data', { policy: unknown('s3:GetBucketPolicy', 'no') })] } };
    expect(severities(input({}, {}, hidden), 'QP412')).toEqual(['unknown']);
  });
  test('QP413 is raised before the SCP is put on, and not when it stands', () => {
    expect(severities(input(), 'QP413')).toEqual(['error']);
    expect(severities(input({ policy: standing(wide, [account]) }), 'QP413')).toEqual([]);
  });
  describe('QP413 after a replay of recorded calls', () => {
    const role = (name: string) => ({ logicalId: name, physicalId: name, type: 'AWS::IAM::Role', status: 'CREATE_COMPLETE' });
    const path = (name: string, verdict: ReplayedPath['verdict'], ofAccount = accountId): ReplayedPath => ({
      principal: `arn:aws:iam::${ofAccount}:role/path/${name}`,
      bucket: 'quilt-data',
      events: 1,
      verdict,
    });
    const replaying = (...replay: readonly ReplayedPath[]): PerimeterInput => ({
      ...input({}, {}, { stack: { resources: known([role('Packager'), role('Registry')]) } }),
      replay,
    });
    test.each<[string, PerimeterInput, string | null]>([
      ["is cleared where calls of the stack's roles pass", replaying(path('Packager', 'passes'), path('Other', 'newly-denied')), null],
      ['stands where the trail has none of them', replaying(path('Other', 'passes')), "no call of the stack's roles"],
      [
        'stands where one would be denied',
        replaying(path('Packager', 'passes'), path('Registry', 'newly-denied')),
        'Registry of the stack would be denied on quilt-data',
      ],
      [
        'stands where that is not known of one',
        replaying(path('Packager', 'passes'), path('Registry', 'unknown')),
        'Registry of the stack may be denied',
      ],
      [
        'stands where a role of another account has the name',
        replaying(path('Packager', 'passes', other.id)),
        "no call of the stack's roles",
      ],
      [
        "stands where the stack's roles are not known",
        {
          ...input({}, {}, { stack: { resources: unknown('cloudformation:ListStackResources', 'no') } }),
          replay: [path('Packager', 'passes')],
        },
        'cloudformation:ListStackResources',
      ],
    ])('%s', (_what, of, says) => {
      const found = planScp(of).findings.filter(({ code }) => code === 'QP413');
      expect(found.map(({ detail }) => detail)).toEqual(says === null ? [] : [expect.stringContaining(says)]);
    });
  });
  describe('QP413 with runs of the canaries', () => {
    const change = '2026-06-01T12:10:00.000Z';
    const canary = (state: 'passed' | 'failed' | null, vpcId: string | null = anInput().choices.vpc): SeenCanary => ({
      name: 'search',
      roleArn: `arn:aws:iam::${accountId}:role/canary`,
      vpcId,
      schedule: null,
      state: 'RUNNING',
      since: state === null ? null : { state, startedAt: '2026-06-01T12:15:00.000Z', why: null },
      underWay: false,
      before: 'passed',
    });
    const ranSince = (canaries: readonly SeenCanary[], replay: PerimeterInput['replay'] = null): PerimeterInput => ({
      ...input({}, {}, { stack: { resources: known([{ logicalId: 'P', physicalId: 'Packager', type: 'AWS::IAM::Role' }]) } }),
      replay,
      canaries: known({ since: change, canaries }),
    });
    const denied: ReplayedPath = {
      principal: `arn:aws:iam::${accountId}:role/Packager`,
      bucket: 'quilt-data',
      events: 1,
      verdict: 'newly-denied',
    };
    test.each<[string, PerimeterInput, readonly string[] | null]>([
      ['is cleared where they passed', ranSince([canary('passed')]), null],
      ['is cleared where they passed and the trail has no call of the stack', ranSince([canary('passed')], []), null],
      ['is cleared by the trail where they have not run', ranSince([canary(null)], [{ ...denied, verdict: 'passes' }]), null],
      [
        'stands where they have not run, and says so of both',
        ranSince([canary(null)], []),
        ["no call of the stack's roles", 'has not run since'],
      ],
      [
        'stands where one outside any VPC alone passed, and names it',
        ranSince([canary('passed', null)]),
        ['canary search runs outside any VPC'],
      ],
      [
        'stands where one failed, though the trail passes',
        ranSince([canary('failed')], [{ ...denied, verdict: 'passes' }]),
        ['canary search failed'],
      ],
      [
        'stands where the trail is denied, though they passed',
        ranSince([canary('passed')], [denied]),
        ['Packager of the stack would be denied'],
      ],
      [
        'stands where they cannot be read',
        { ...ranSince([]), canaries: unknown('synthetics:DescribeCanaries', 'no') },
        ['synthetics:DescribeCanaries: no'],
      ],
    ])('%s', (_what, of, says) => {
      const found = planScp(of).findings.filter(({ code }) => code === 'QP413');
      expect(found).toHaveLength(says === null ? 0 : 1);
      for (const text of says ?? []) expect(found[0]?.detail).toContain(text);
      for (const { remedy } of found) expect(remedy).toContain('--wait');
    });
  });
  test('QP414 warns of patterns without accounts', () => {
    expect(severities(input(), 'QP414')).toEqual(['warning']);
    expect(severities(input({}, { resourceAccounts: [accountId] }), 'QP414')).toEqual([]);
    expect(severities(input({}, { buckets: ['quilt-data'] }), 'QP414')).toEqual([]);
  });
});

test('the description names the place, so that another stack of the account is told apart', () => {
  const survey = aSurvey(aNetwork());
  const here = policyDescription(anInput());
  expect(here).toContain(survey.quilt.accountId);
  expect(policyDescription(anInput(aLandscape(), someChoices({ stack: 'quilt-dev' })))).not.toBe(here);
  expect(here.length).toBeLessThanOrEqual(512);
});
