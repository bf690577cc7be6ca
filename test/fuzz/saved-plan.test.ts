// Damaged and tampered plans in bulk: what `apply FILE` reads is the plan as it was saved, or one clear error.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { loadPlan, planPipeline, requireFresh, savePlan } from '../../src/engine/engine.ts';
import type { PipelinePlan } from '../../src/engine/types.ts';
import { stepIds } from '../../src/engine/types.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { phases } from '../../src/steps/pipeline.ts';
import { openOptions, place } from '../journal/journals.ts';
import { MemoryDisk } from '../journal/memory-disk.ts';
import { startSandbox } from '../support/sandbox.ts';
import { scenarioInput } from '../support/whole-run.ts';
import { cases, clearErrorOf } from './support.ts';

const path = join(mkdtempSync(join(tmpdir(), 'quilt-perimeter-fuzz-')), 'plan.json');
const origin = { place, settings: { stack: 'quilt-prod' } };
let plan: PipelinePlan = { steps: [] };
let text = '';

beforeAll(async () => {
  const sandbox = await startSandbox();
  const input = await scenarioInput(sandbox);
  const journal = await openJournal(openOptions({ fs: new MemoryDisk(), mode: 'read' }));
  const ctx = { ...sandbox.context, run: journal.run, waiting: () => undefined, probed: () => undefined };
  plan = await planPipeline(phases, input, ctx, { steps: stepIds, accept: ['QP413'], skipProbes: false }, journal);
  await savePlan(path, plan, origin, { toolVersion: '0.0.0', at: new Date(0), flags: { stack: 'quilt-prod', bucket: ['quilt*'] } });
  text = readFileSync(path, 'utf8');
});

/** What `apply FILE` makes of this text: an error, or the plan that it would carry out. */
async function carried(changed: string) {
  writeFileSync(path, changed);
  let loaded: Saved | null = null;
  const error = await clearErrorOf(async () => {
    const saved = await loadPlan(path);
    loaded = saved;
    requireFresh(saved, path, plan, origin);
  });
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  return { error, loaded };
}

interface Saved {
  readonly steps: readonly { readonly id: string; readonly changes: readonly object[] }[];
}

test('a plan as it was saved is carried out', async () => {
  expect((await carried(text)).error).toBeNull();
});

test('a plan whose bytes were changed is refused, unless nothing that is carried out changed', async () => {
  const carriedOut = (saved: Saved | null) => saved?.steps.map(({ id, changes }) => ({ id, changes }));
  const right = carriedOut(JSON.parse(text) as Saved);
  const put = fc.oneof(
    fc.constantFrom('', '"', '{', '}', ',', '[', '0', 'null', '\u0000', '\\'),
    fc.string({ maxLength: 6, unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: text.length - 1 }), fc.nat({ max: 8 }), put, async (at, length, what) => {
      const { error, loaded } = await carried(text.slice(0, at) + what + text.slice(at + length));
      if (error !== null) expect([2, 3]).toContain(error.exitCode);
      else expect(carriedOut(loaded)).toEqual(right);
    }),
    cases(300),
  );
});

test.each([
  ['what a change makes', 'after', 2],
  ['what was there before', 'before', 2],
  ['its risk', 'risk', 2],
  ['its confirmation', 'confirm', 2],
  ['what it needs', 'needs', 2],
  ['its target', 'target', 2],
  ['its summary', 'summary', 2],
])('a plan in which somebody changed %s is refused', async (_what, field, code) => {
  const values: Readonly<Record<string, unknown>> = {
    ...{ after: { tampered: true }, before: { tampered: true }, risk: 'organization-wide', confirm: 'tampered', needs: ['tampered'] },
    ...{ target: { accountId: '999988887777', region: null, type: 'tampered', name: 'tampered' }, summary: 'tampered' },
  };
  const { steps } = JSON.parse(text) as Saved;
  for (const [index, { changes }] of steps.entries()) {
    for (const [at] of changes.entries()) {
      const tampered = JSON.parse(text) as { steps: { changes: object[] }[] };
      const change = tampered.steps[index]?.changes[at] ?? {};
      if (Reflect.get(change, field) === values[field]) continue;
      Object.assign(change, { [field]: values[field] });
      const { error } = await carried(JSON.stringify(tampered));
      expect(error).toMatchObject({ exitCode: code, summary: expect.stringContaining('edited by hand') });
    }
  }
});

test('a plan whose changes and hashes were made anew by somebody is out of date', async () => {
  const { hashOf } = await import('../../src/engine/json.ts');
  const tampered = JSON.parse(text) as { steps: { changes: { summary: string }[]; changesHash: string }[] };
  for (const step of tampered.steps) {
    for (const change of step.changes) change.summary = 'tampered';
    step.changesHash = hashOf(step.changes);
  }
  expect((await carried(JSON.stringify(tampered))).error).toMatchObject({ code: 'PLAN_STALE', exitCode: 3 });
});

test.each([
  ['an empty file', '', 2],
  ['no object', '[]', 2],
  ['null', 'null', 2],
  ['a newer version', '{"kind":"quilt-perimeter plan","version":2}', 2],
  ['a version that is huge', '{"version":1e308}', 2],
  ['another kind', '{"kind":"something","version":1}', 2],
  ['nesting without end', '['.repeat(200_000), 2],
  ['a prototype', '{"__proto__":{"polluted":1},"version":1}', 2],
])('%s is one clear error', async (_what, changed, code) => {
  expect((await carried(changed)).error?.exitCode).toBe(code);
});

test('any data as a saved plan is one clear error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.constantFrom('steps', 'flags', 'place', 'settingsHash', 'savedAt', 'version', 'kind'),
      async (data, key) => {
        const { error } = await carried(JSON.stringify({ ...(JSON.parse(text) as object), [key]: data }));
        if (key !== 'flags' && key !== 'savedAt') expect(error).not.toBeNull();
      },
    ),
    cases(200),
  );
});
