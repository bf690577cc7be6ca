// QP413 and Quilt's canaries in a whole run: passing runs clear it, and --wait waits for them.
import { describe, expect, test } from 'vitest';
import { withCanaries } from '../../src/commands/canary-wait.ts';
import { waitSecondsOf } from '../../src/commands/wait-flag.ts';
import type { RunSummary } from '../../src/engine/types.ts';
import type { FindingCode } from '../../src/findings.ts';
import { replay } from '../../src/journal/journal.ts';
import type { World } from '../../src/sandbox/world.ts';
import { phases } from '../../src/steps/pipeline.ts';
import { WholeRun } from '../support/whole-run.ts';

const upToScp = ['discover', 'endpoints', 'nat', 'bucket-policy', 'scp'] as const;

interface Told {
  readonly summary: RunSummary;
  readonly run: WholeRun;
  readonly progress: readonly string[];
}

interface Given {
  readonly scenario?: string;
  readonly waitSeconds?: number;
  readonly mutate?: (world: World) => void;
  readonly accept?: readonly FindingCode[];
}

async function applied({ scenario = 'canaries', waitSeconds = 0, mutate = () => undefined, accept }: Given): Promise<Told> {
  const run = await WholeRun.on(scenario, { mutate });
  // So that the canaries have run before anything is changed.
  run.sandbox.clock.advance(12 * 60_000);
  const progress: string[] = [];
  // As the program has it: the journal of this run, read as it grows.
  const journal = {
    get state() {
      return replay(run.journal.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)])));
    },
  };
  const session = { ctx: run.sandbox.context, ui: { progress: (text: string) => void progress.push(text) } };
  run.steps = { ...run.steps, phases: withCanaries(phases, { session, journal, waitSeconds }) };
  const summary = await run.apply(accept === undefined ? {} : { accept }, upToScp);
  return { summary, run, progress };
}

const operations = ({ run }: Told, service: string): readonly string[] => [
  ...new Set(
    run.sandbox.sandbox
      .calls()
      .filter((call) => call.service === service)
      .map(({ operation }) => operation),
  ),
];

const stateOf = ({ summary }: Told): string | undefined => summary.steps.find(({ id }) => id === 'scp')?.state;

/** A canary of the stack's account that no stack has to know: none of Quilt's. */
const outside = (world: World): void => {
  const stack = Object.values(world.cloudformation.stacks)[0];
  const template = JSON.parse(stack?.content.template ?? '{}');
  delete template.Resources.SearchCanary.Properties.VPCConfig;
  if (stack) stack.content.template = JSON.stringify(template);
};

describe('at step scp', () => {
  test('without --wait a run that has not come yet is not waited for: QP413 stops, and names the canaries', async () => {
    const told = await applied({ scenario: 'greenfield' });
    expect(told.summary.stoppedBy).toMatchObject({
      code: 'QP413',
      detail: expect.stringContaining('quilt-prod-search have not run since'),
    });
    expect(stateOf(told)).toBe('blocked');
    expect(told.progress).toEqual([]);
    expect(operations(told, 'synthetics')).toEqual(['DescribeCanaries', 'DescribeCanariesLastRun']);
  });

  test('with --wait it waits until all have passed since the bucket policy stands, and puts the SCP on', async () => {
    const told = await applied({ waitSeconds: 900 });
    expect(told.summary.stoppedBy).toBeNull();
    expect(stateOf(told)).toBe('done');
    expect(told.progress[0]).toContain("waiting for Quilt's canaries to run, at most 15 min more");
    expect(told.run.events.filter((event) => event.type === 'finding' && event.finding.code === 'QP413')).toEqual([]);
    const runs = told.run.sandbox.world().synthetics?.runs['444455556666/us-east-1/quilt-prod-search'] ?? [];
    expect(runs.map(({ failure }) => failure)).toContain(null);
  });

  test('it stops waiting when the time is over', async () => {
    const told = await applied({ scenario: 'greenfield', waitSeconds: 120 });
    expect(told.summary.stoppedBy).toMatchObject({ code: 'QP413' });
    expect(told.progress).toHaveLength(2);
  });

  test('canaries that do not get through since the policy stands keep it up however long it waits', async () => {
    const told = await applied({
      waitSeconds: 900,
      mutate: (world) => {
        const bucket = world.s3.buckets['quilt-raw-data-444455556666'];
        if (bucket)
          bucket.policy = JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Deny',
                Principal: { AWS: 'arn:aws:iam::444455556666:role/quilt-prod-CanaryRole' },
                Action: 's3:GetObject',
                Resource: `${'arn:aws:s3:::quilt-raw-data-444455556666'}/*`,
              },
            ],
          });
      },
    });
    expect(told.summary.stoppedBy).toMatchObject({ code: 'QP413', detail: expect.stringContaining('did not pass, before or since') });
  });

  test('one that runs outside any VPC fails under the policy that the others pass, is named, and stops it', async () => {
    const told = await applied({ waitSeconds: 900, mutate: outside, accept: ['QP409'] });
    expect(told.summary.stoppedBy).toMatchObject({
      code: 'QP413',
      detail: expect.stringMatching(/canary quilt-prod-search failed .*passed before; canary quilt-prod-search runs outside any VPC/),
    });
  });

  test('where QP413 is accepted nobody asks for canaries', async () => {
    const told = await applied({ scenario: 'greenfield', accept: ['QP413'], waitSeconds: 900 });
    expect(told.summary.stoppedBy).toBeNull();
    expect(operations(told, 'synthetics')).toEqual(['DescribeCanaries']);
  });

  test('where they may not be read, QP413 says which permission is missing', async () => {
    const told = await applied({
      waitSeconds: 900,
      mutate: (world) => {
        world.iam.deniedActions = { [world.identities.operator ?? '']: ['synthetics:DescribeCanariesLastRun'] };
      },
    });
    expect(told.summary.stoppedBy).toMatchObject({ code: 'QP413', detail: expect.stringContaining('synthetics:DescribeCanariesLastRun') });
    expect(told.progress).toEqual([]);
  });
});

test('--wait takes durations', () => {
  expect(waitSecondsOf({})).toBe(0);
  expect(waitSecondsOf({ wait: '1h30m' })).toBe(5400);
  for (const wait of ['15', 'soon', '', '-1m']) expect(() => waitSecondsOf({ wait })).toThrow(`reading --wait (${wait}`);
});
