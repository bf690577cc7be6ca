import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPlan, planPipeline, requireFresh, savePlan, statusOf } from '../../src/engine/engine.ts';
import { type EngineContext, type RunOptions, stepIds } from '../../src/engine/types.ts';
import { finding } from '../../src/findings.ts';
import '../../src/journal/schema.ts';
import { place, Toy } from './toy-run.ts';
import { toyPipeline } from './toy-world.ts';

const contextOf = (toy: Toy): EngineContext => ({
  clock: toy.clock,
  signal: new AbortController().signal,
  run: { id: 'plan' },
  waiting: () => undefined,
  probed: () => undefined,
});

const options = (more: Partial<RunOptions> = {}): RunOptions => ({ steps: stepIds, accept: [], skipProbes: false, ...more });

const planOf = (toy: Toy, more: Partial<RunOptions> = {}) => planPipeline(toy.phases, { seen: [] }, contextOf(toy), options(more));

describe('a plan', () => {
  it('names each step once, with its state, and writes nothing', async () => {
    const toy = new Toy();
    const { steps } = await planOf(toy);
    expect(steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'discover done',
      'endpoints pending',
      'nat pending',
      'bucket-policy pending',
      'stack-parameter pending',
    ]);
    expect(toy.world.writes).toEqual([]);
    expect(toy.disk.files.size).toBe(0);
  });

  it('is done throughout after an apply', async () => {
    const toy = new Toy();
    await toy.apply();
    expect((await planOf(toy)).steps.every(({ state }) => state === 'done')).toBe(true);
  });

  it('is blocked by an error finding that was not accepted', async () => {
    const toy = new Toy();
    toy.phases = toyPipeline(toy.world, { findings: () => [finding('QP102', { detail: 'd', subjects: [] })] });
    expect((await planOf(toy)).steps[1]?.state).toBe('blocked');
    const accepted = (await planOf(toy, { accept: ['QP102'] })).steps[1];
    expect(accepted?.state).toBe('pending');
    expect(accepted?.plan.findings[0]?.accepted).toBe(true);
  });

  it('skips what is not selected, and looks at it only where a later step needs it', async () => {
    const toy = new Toy();
    const { steps } = await planOf(toy, { steps: ['discover', 'nat'] });
    expect(steps.map(({ state }) => state)).toEqual(['done', 'skipped', 'pending', 'skipped', 'skipped']);
    expect(steps.map(({ plan }) => plan.changes.length)).toEqual([0, 3, 2, 0, 0]);
  });

  it('without probes leaves trials and rehearsals out and says so', async () => {
    const toy = new Toy();
    const bucket = (await planOf(toy, { skipProbes: true })).steps[3]?.plan;
    expect(bucket?.changes.map(({ key, needs }) => [key, needs])).toEqual([['bucket-policy/full', []]]);
    expect(bucket?.notes.join()).toContain('--skip-probes');
  });

  it('finds what somebody changed since the journal', async () => {
    const toy = new Toy();
    await toy.apply();
    toy.world.policies.set('table', "a colleague's");
    const journal = await toy.open('read');
    const { steps } = await planPipeline(toy.phases, { seen: [] }, contextOf(toy), options(), journal);
    expect(steps[1]).toMatchObject({ state: 'blocked', plan: { findings: [{ code: 'QP703' }] } });
  });
});

describe('a saved plan', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'plan-'));
  });
  afterAll(() => rm(dir, { recursive: true }));
  const origin = { place, settings: { vpc: 'vpc-1' } };
  const written = { toolVersion: '0.0.0', at: new Date('2026-01-01T00:00:00Z'), flags: { vpc: 'vpc-1' } };

  it('is accepted as long as a new look gives the same', async () => {
    const toy = new Toy();
    const path = join(dir, 'same.json');
    await savePlan(path, await planOf(toy), origin, written);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const saved = await loadPlan(path);
    expect(saved.flags).toEqual({ vpc: 'vpc-1' });
    expect(() => requireFresh(saved, path, { steps: [] }, origin)).toThrow(/step discover/);
    requireFresh(saved, path, await planOf(toy), origin);
    expect(() => requireFresh(saved, path, { steps: [] }, { ...origin, settings: { vpc: 'vpc-2' } })).toThrow(/settings/);
    await toy.apply({ steps: ['endpoints'] });
    const now = await planOf(toy);
    expect(() => requireFresh(saved, path, now, origin)).toThrow(expect.objectContaining({ code: 'PLAN_STALE', exitCode: 3 }));
  });

  it('that is no plan, was edited, or is newer is refused as bad input', async () => {
    const toy = new Toy();
    const path = join(dir, 'plan.json');
    await savePlan(path, await planOf(toy), origin, written);
    const text = await readFile(path, 'utf8');
    const bad = [
      text.slice(0, -10),
      '{}',
      'null',
      '[]',
      text.replace('"make nat/address"', '"make something else"'),
      text.replace('"version": 1', '"version": 2'),
      text.replace('"action": "create"', '"action": "explode"'),
    ];
    for (const each of bad) {
      await writeFile(path, each);
      await expect(loadPlan(path), each.slice(0, 60)).rejects.toMatchObject({ kind: 'input', exitCode: 2 });
    }
    await expect(loadPlan(join(dir, 'absent.json'))).rejects.toMatchObject({
      kind: 'input',
      summary: expect.stringContaining('there is no such file'),
    });
  });
});

describe('the status', () => {
  const statusOfToy = async (toy: Toy) => statusOf(toy.phases, { seen: [] }, contextOf(toy), await toy.open('read'));
  const states = async (toy: Toy) => (await statusOfToy(toy)).map(({ id, state }) => `${id} ${state}`);

  it('tells pending before and done after an apply', async () => {
    const toy = new Toy();
    expect(await states(toy)).toEqual([
      'discover done',
      'endpoints pending',
      'nat pending',
      'bucket-policy pending',
      'stack-parameter pending',
    ]);
    await toy.apply();
    expect((await states(toy)).every((each) => each.endsWith(' done'))).toBe(true);
  });

  it('tells what somebody changed or took away as drifted, with both sides', async () => {
    const toy = new Toy();
    await toy.apply();
    toy.world.policies.set('bucket', "a colleague's");
    toy.world.things.splice(
      toy.world.things.findIndex(({ key }) => key === 'nat/gateway'),
      1,
    );
    const status = await statusOfToy(toy);
    expect(status.find(({ id }) => id === 'nat')).toMatchObject({ state: 'drifted' });
    expect(status.find(({ id }) => id === 'bucket-policy')).toMatchObject({
      state: 'drifted',
      changes: [{ key: 'bucket-policy/full', state: 'drifted', aws: "a colleague's", journal: { before: 'old', after: 'old+full' } }],
    });
  });

  it('tells what was begun and not finished as half-made', async () => {
    const toy = new Toy();
    toy.world.onWrite = (when, call) => {
      if (when === 'after' && call === 'make nat/address') throw new Error('socket hang up');
    };
    await expect(toy.apply()).rejects.toThrow();
    expect(await states(toy)).toContain('nat half-made');
  });
});
