// Each way back, exercised on an AWS that enforces the probe, or only claimed with the reason why.
import { describe, expect, test } from 'vitest';
import type { Certificate, WayBack } from '../../src/engine/types.ts';
import { accounts } from '../../src/sandbox/scenarios/company.ts';
import type { World } from '../../src/sandbox/world.ts';
import type { Choices } from '../../src/steps/choices.ts';
import { WholeRun } from '../support/whole-run.ts';

const untilBucket = ['discover', 'bucket-policy'] as const;
const breakGlass = `arn:aws:iam::${accounts.quilt}:role/BreakGlass`;
const root = `arn:aws:iam::${accounts.quilt}:root`;

const roleIn = (world: World, name = 'BreakGlass') => {
  const role = world.iam.accounts[accounts.quilt]?.roles[name];
  if (role === undefined) throw new Error(`no role ${name}`);
  return role;
};

const trustedBy = (principal: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }] });

const rootSessions = (world: World): void => {
  const { organization } = world.organizations;
  if (organization) organization.rootFeatures = ['RootSessions'];
};

const policyThat = (...statements: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const grant = { Effect: 'Allow', Action: '*', Resource: '*' };
const forbid = { Effect: 'Deny', Action: 's3:DeleteBucketPolicy', Resource: '*' };

/** The first certificate of an apply of the bucket policy, and how the run ended. */
async function certify(mutate: (world: World) => void = () => undefined, over: Partial<Choices> = {}, scenario = 'greenfield') {
  const run = await WholeRun.on(scenario, { mutate });
  const summary = await run.apply(over, untilBucket);
  const [certificate] = summary.steps.flatMap(({ certificates }) => certificates);
  return { run, summary, certificate };
}

const wayOf = (certificate: Certificate | undefined, kind: WayBack['kind']) => certificate?.ways.find((way) => way.kind === kind);

test('greenfield: the operator by its network and the break-glass role by its tag are two, root sessions are off', async () => {
  const { summary, certificate, run } = await certify();
  expect(summary.outcome).toBe('done');
  expect(certificate).toMatchObject({ key: expect.stringMatching(/\/trial$/), independent: 2 });
  expect(wayOf(certificate, 'operator')).toMatchObject({
    state: 'exercised',
    call: 's3:DeleteBucketPolicy',
    credentials: 'sandbox, operator',
    passesBy: [expect.stringContaining('aws:SourceIp')],
    how: 'S3 let it pass under the probe; its undo was rehearsed by the very call that rollback uses',
  });
  expect(wayOf(certificate, 'exempt-role')).toMatchObject({
    state: 'exercised',
    principal: breakGlass,
    credentials: 'sandbox, management',
    passesBy: ['aws:PrincipalTag/NetworkRestrictedExempt'],
  });
  expect(wayOf(certificate, 'root-access')).toMatchObject({
    state: 'claimed',
    principal: root,
    how: expect.stringContaining('not centralized'),
  });
  expect(wayOf(certificate, 'root-password')).toMatchObject({ state: 'claimed', principal: root });
  const begun = run.sandbox.sandbox.calls().filter(({ operation }) => operation === 'AssumeRole' || operation === 'PutBucketPolicy');
  expect(begun.map(({ operation }) => operation)).toEqual(['PutBucketPolicy', 'AssumeRole', 'PutBucketPolicy', 'PutBucketPolicy']);
});

describe('an exempt role', () => {
  test.each<readonly [string, (world: World) => void, Partial<WayBack>, number]>([
    [
      'that only the operator may assume shares its credentials',
      (world) => {
        roleIn(world).trustPolicy = trustedBy(roleIn(world, 'PlatformAdmin').arn);
      },
      { state: 'exercised', credentials: 'sandbox, operator', how: expect.stringMatching(/^assumed now by you; /) },
      1,
    ],
    [
      'that nobody here may assume is claimed',
      (world) => {
        roleIn(world).trustPolicy = trustedBy('arn:aws:iam::222233334444:root');
      },
      { state: 'claimed', how: expect.stringMatching(/neither .* may assume it: .*not authorized to perform: sts:AssumeRole/) },
      1,
    ],
    [
      'that is forbidden the call by a policy of its own is claimed, and not assumed',
      (world) => {
        roleIn(world).inlinePolicies.Baseline = policyThat(forbid);
      },
      { state: 'claimed', how: 'its policies forbid s3:DeleteBucketPolicy, or do not allow it' },
      1,
    ],
    [
      'that nothing allows the call is claimed',
      (world) => {
        roleIn(world).attachedPolicies = [];
      },
      { state: 'claimed', how: 'its policies forbid s3:DeleteBucketPolicy, or do not allow it' },
      1,
    ],
    [
      'whose boundary leaves the call out is claimed',
      (world) => {
        const arn = `arn:aws:iam::${accounts.quilt}:policy/Reader`;
        const reading = policyThat({ Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: '*' });
        const account = world.iam.accounts[accounts.quilt];
        if (account)
          account.policies[arn] = {
            arn,
            id: 'ANPA',
            name: 'Reader',
            path: '/',
            defaultVersion: 'v1',
            versions: { v1: reading },
            createdAt: 0,
          };
        roleIn(world).permissionsBoundary = arn;
      },
      { state: 'claimed', how: 'its policies forbid s3:DeleteBucketPolicy, or do not allow it' },
      1,
    ],
    [
      'whose policies allow the call from some networks alone is claimed',
      (world) => {
        roleIn(world).attachedPolicies = [];
        roleIn(world).inlinePolicies.Office = policyThat({ ...grant, Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } });
      },
      { state: 'claimed', how: expect.stringContaining('only under conditions: aws:SourceIp') },
      1,
    ],
    [
      'that S3 refuses the sentinel is claimed',
      (world) => {
        roleIn(world).inlinePolicies.NoProbe = policyThat({ Effect: 'Deny', Action: 's3:GetObject', Resource: '*' });
      },
      { state: 'claimed', how: expect.stringContaining('S3 refused it the sentinel') },
      1,
    ],
    [
      'whose policies cannot be read is claimed, with the permission that is missing',
      (world) => {
        world.iam.deniedActions.PlatformAdmin = ['iam:ListAttachedRolePolicies'];
      },
      { state: 'claimed', how: expect.stringContaining('iam:ListAttachedRolePolicies') },
      1,
    ],
  ])('%s', async (_, mutate, expected, independent) => {
    const { certificate, summary } = await certify(mutate);
    expect(wayOf(certificate, 'exempt-role')).toMatchObject(expected);
    expect(certificate?.independent).toBe(independent);
    expect(summary.stoppedBy).toMatchObject({ code: 'QP310', exitCode: 3 });
  });

  test('beyond the third is not tried', async () => {
    const { certificate, run } = await certify((world) => {
      const original = roleIn(world);
      for (const name of ['BreakGlass2', 'BreakGlass3', 'BreakGlass4'])
        Object.assign(world.iam.accounts[accounts.quilt]?.roles ?? {}, {
          [name]: { ...original, name, id: `AROA${name}`, arn: `arn:aws:iam::${accounts.quilt}:role/${name}` },
        });
    });
    const roles = certificate?.ways.filter(({ kind }) => kind === 'exempt-role') ?? [];
    expect(roles.map(({ state }) => state)).toEqual(['exercised', 'exercised', 'exercised', 'claimed']);
    expect(run.sandbox.sandbox.calls().filter(({ operation }) => operation === 'AssumeRole')).toHaveLength(3);
    // All three pass by the same tag.
    expect(certificate?.independent).toBe(2);
  });
});

describe('root access', () => {
  const alone = (world: World): void => {
    rootSessions(world);
    roleIn(world).tags = {};
  };

  test('is exercised by a root session that reads the policy, and is the second way where no role carries the tag', async () => {
    const { certificate, summary } = await certify(alone);
    expect(wayOf(certificate, 'exempt-role')).toBeUndefined();
    expect(wayOf(certificate, 'root-access')).toMatchObject({ state: 'exercised', credentials: 'sandbox, management' });
    expect(certificate?.independent).toBe(2);
    expect(summary.outcome).toBe('done');
  });

  test('and an exempt role of the same credentials are one way', async () => {
    const { certificate } = await certify(rootSessions);
    expect(certificate?.ways.map(({ state }) => state)).toEqual(['exercised', 'exercised', 'exercised', 'claimed']);
    expect(certificate?.independent).toBe(2);
  });

  test.each<readonly [string, (world: World) => void, RegExp]>([
    [
      'that may not be asked about',
      (world) => {
        world.iam.deniedActions.OrganizationAdmin = ['iam:ListOrganizationsFeatures'];
      },
      /cannot be told/,
    ],
    [
      'that is refused',
      (world) => {
        world.iam.deniedActions.OrganizationAdmin = ['sts:AssumeRoot'];
      },
      /sts:AssumeRoot was refused/,
    ],
  ])('%s is claimed', async (_, mutate, how) => {
    const { certificate, summary } = await certify((world) => {
      alone(world);
      mutate(world);
    });
    expect(wayOf(certificate, 'root-access')).toMatchObject({ state: 'claimed', how: expect.stringMatching(how) });
    expect(summary.stoppedBy?.code).toBe('QP310');
  });

  test('of the management account itself is none', async () => {
    const { certificate } = await certify(rootSessions, {}, 'single-account');
    expect(wayOf(certificate, 'root-access')).toBeUndefined();
    expect(certificate?.independent).toBe(2);
  });
});

describe('the operator', () => {
  const tagged = (world: World): void => {
    roleIn(world, 'PlatformAdmin').tags = { networkrestrictedexempt: 'true' };
    const key = world.accessKeys[world.identities.operator ?? ''];
    if (key) Object.assign(key, { tags: { networkrestrictedexempt: 'true' } });
  };

  test('that carries the exempt tag passes by it as the break-glass role does, unless its address is known to be trusted', async () => {
    const unknown = await certify(tagged);
    expect(unknown.certificate?.independent).toBe(1);
    expect(unknown.summary.stoppedBy?.remedy).toContain('--operator-ip');
    const known = await certify(tagged, { operatorIp: '198.51.100.10' });
    expect(known.certificate?.independent).toBe(2);
    expect(known.summary.outcome).toBe('done');
  });

  test('whose tags cannot be read may carry it', async () => {
    const { certificate } = await certify((world) => {
      world.iam.deniedActions.PlatformAdmin = ['iam:ListRoleTags'];
    });
    expect(wayOf(certificate, 'operator')?.passesBy).toHaveLength(2);
    expect(certificate?.independent).toBe(1);
  });

  test('that S3 refuses under the probe is claimed though its undo was rehearsed, where QP302 was accepted', async () => {
    const { certificate, summary } = await certify(undefined, { accept: ['QP302'] }, 'locked-out');
    expect(wayOf(certificate, 'operator')).toMatchObject({ state: 'claimed', how: expect.stringContaining('S3 refused this operator') });
    expect(wayOf(certificate, 'exempt-role')).toMatchObject({ state: 'exercised' });
    expect(summary.stoppedBy?.code).toBe('QP310');
  });
});

test('QP310 leaves the bucket as it was, and accepted it lets the run go on', async () => {
  const nobody = (world: World) => {
    roleIn(world).tags = {};
  };
  const stopped = await certify(nobody);
  const { hints, s3 } = stopped.run.sandbox.world();
  expect(stopped.summary.stoppedBy).toMatchObject({ code: 'QP310', exitCode: 3 });
  expect(s3.buckets[hints.testBucket]?.policy).toBeNull();
  expect((await stopped.run.apply({ accept: ['QP310'] }, untilBucket)).outcome).toBe('done');
  expect((await stopped.run.rollBack()).kept).toEqual([]);
});

test('with --skip-probes nothing is assumed: the certificate says so, and QP310 is a warning', async () => {
  const { certificate, summary, run } = await certify(undefined, { skipProbes: true });
  expect(certificate).toMatchObject({ key: expect.stringMatching(/\/statement$/), independent: 0 });
  expect(certificate?.ways.map(({ state }) => state)).toEqual(['claimed', 'claimed', 'claimed', 'claimed']);
  expect(summary.outcome).toBe('done');
  expect(summary.steps.flatMap(({ findings }) => findings).filter(({ code }) => code === 'QP310')).toMatchObject([{ severity: 'warning' }]);
  const asked = run.sandbox.sandbox.calls().map(({ operation }) => operation);
  expect(asked).not.toContain('AssumeRole');
  expect(asked).not.toContain('ListOrganizationsFeatures');
});
