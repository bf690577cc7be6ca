// Every screen at 80 and 120 columns, as text that a reviewer can read: test/ui/screens/. `vitest -u` writes them anew.

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { programOf } from '../../src/commands/program.ts';
import { badInput, failed } from '../../src/errors.ts';
import { columnsOf } from '../../src/ui/layout.ts';
import { drawRows } from '../../src/ui/list/draw-list.ts';
import { begun, listOf, pressed } from '../../src/ui/list/list.ts';
import { colourPaint, plainPaint } from '../../src/ui/paint.ts';
import { renderAssessment } from '../../src/ui/render-assessment.ts';
import { renderError } from '../../src/ui/render-error.ts';
import { renderExplanation } from '../../src/ui/render-explanation.ts';
import { renderNetwork } from '../../src/ui/render-network.ts';
import { type Page, renderPlan } from '../../src/ui/render-plan.ts';
import { renderStatus } from '../../src/ui/render-status.ts';
import { renderRollback, renderSummary } from '../../src/ui/render-summary.ts';
import { treeLines } from '../../src/ui/render-tree.ts';
import { renderVerification } from '../../src/ui/render-verify.ts';
import { renderWatchReport } from '../../src/ui/render-watch.ts';
import { renderWho } from '../../src/ui/render-who.ts';
import { spoken } from '../../src/ui/spoken.ts';
import { facts, manyChanges, organization, place, plan, rolledBack, status, stoppedRun, wide } from './screens/company.ts';
import { assessment, explanation, network, verification } from './screens/judged.ts';
import { runAt } from './screens/run.ts';
import { watched } from './screens/watched.ts';

const identity = (accountId: string, name: string) => ({
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/${name}/operator`,
  roleArn: null,
  partition: 'aws',
  region: 'us-east-1',
  source: 'profile quilt',
  base: 'profile quilt',
});
const who = {
  quilt: identity('444455556666', 'PlatformAdmin'),
  organizationSide: { known: true as const, value: identity('111122223333', 'OrganizationAdmin') },
  organization: 'o-306c4e32b8',
};
const about = { buckets: ['quilt*'], offline: false };
const line = (command: string): string => `quilt-perimeter ${command}`;
const problem = failed(
  'GONE',
  'waiting for NAT gateway (nat-0a1b): InvalidAllocationID.NotFound: address eipalloc-1 is gone',
  'run apply again',
);

/** What a command prints, by its name. */
const screens: { readonly [name: string]: (page: Page) => string } = {
  who: ({ paint, width }) => renderWho(who, paint, width),
  plan: (page) => renderPlan(plan, facts.leftOut, page),
  apply: (page) => runAt(page, true),
  'apply-in-a-log': (page) => runAt(page, false),
  stopped: (page) => renderSummary(stoppedRun, facts, page),
  rollback: (page) => renderRollback(rolledBack, { ...facts, leftOut: [] }, page),
  errors: ({ paint, width }) =>
    [problem, badInput('VPC', `finding VPC (${wide.subnet}): it is not in us-east-1`, '--vpc ID'), stoppedRun.stoppedBy]
      .flatMap((error) => (error === null ? [] : [renderError(error, paint, width)]))
      .join('\n\n'),
  status: (page) => renderStatus(status, page),
  explain: (page) => renderExplanation(explanation, page),
  assess: (page) => renderAssessment(assessment(1), about, page),
  'assess-many': (page) => renderAssessment(assessment(2000), about, page),
  'assess-network': (page) => renderNetwork(network(1), [], page),
  'assess-network-many': (page) => renderNetwork(network(2000), [], page),
  verify: (page) => renderVerification(verification, line, page),
  watch: (page) => renderWatchReport(watched, { interrupted: false, lag: 'CloudTrail may lag 15 minutes.' }, page),
  organization: (page) => treeOf(3, '', page),
  'organization-many': (page) => treeOf(2000, '', page),
  'organization-searched': (page) => treeOf(2000, 'account 19', page),
};

function treeOf(accounts: number, term: string, { paint, width }: Page): string {
  const list = listOf(treeLines(organization(accounts), { '100000000000': 'holds the stack' }), { multiple: false, rows: 15 });
  const state = pressed(list, begun(list, ['100000000000']), { kind: 'typed', text: term });
  return drawRows(list, state, paint, width);
}

const pageOf = (width: number, given: Partial<Page> = {}): Page => ({ paint: plainPaint, width, verbose: false, plain: false, ...given });

describe.each([80, 120])('at %i columns', (width) => {
  test.each(Object.entries(screens))('%s looks as a reviewer has seen it', async (name, draw) => {
    await expect(`${draw(pageOf(width))}\n`).toMatchFileSnapshot(`screens/${name}-${width}.txt`);
  });

  // What cannot be broken is wider: an ARN, a name, an id.
  test.each(Object.entries(screens))('%s keeps to its columns, and no line ends in spaces', (_, draw) => {
    for (const text of draw(pageOf(width)).split('\n')) {
      if (columnsOf(text) > width) expect(text.trim().split(' ').length).toBeLessThanOrEqual(3);
      expect(text).toBe(text.trimEnd());
    }
  });
});

test.each(Object.entries(screens))('%s has the same words with 16 colours, with 256, and with none', (_, draw) => {
  const plain = draw(pageOf(80));
  for (const colours of [16, 256] as const) expect(stripVTControlCharacters(draw(pageOf(80, { paint: colourPaint(colours) })))).toBe(plain);
});

test('with --plain every screen is words: no sign begins a line, nothing is drawn', async () => {
  const drawn = Object.entries(screens)
    .filter(([name]) => !name.endsWith('-many') && !name.startsWith('organization') && name !== 'apply')
    .map(([name, draw]) => `== ${name}\n\n${spoken(draw(pageOf(80, { plain: true })))}\n`)
    .join('\n');
  expect(drawn).not.toMatch(/[✓✗▸·→↶─│├└←]/);
  expect(drawn).not.toMatch(/^ *[!?~…] /m);
  await expect(drawn).toMatchFileSnapshot('screens/plain-80.txt');
});

test('2,000 of a kind are no longer than a person reads', () => {
  const lines = (text: string): number => text.split('\n').length;
  expect(lines(renderAssessment(assessment(2000), about, pageOf(80)))).toBeLessThan(60);
  expect(lines(renderNetwork(network(2000), [], pageOf(80)))).toBeLessThan(90);
  expect(lines(renderPlan(manyChanges(2000), [], pageOf(80)))).toBeLessThan(60);
  expect(treeLines(organization(2000), {})).toHaveLength(2003);
});

test('every command has help with examples that its own program reads, and keeps to 80 columns', () => {
  const { commands } = programOf(() => undefined);
  expect(commands.length).toBeGreaterThan(8);
  for (const command of commands) {
    const help = helpOf(command.name());
    expect(help, command.name()).toContain('\nExamples:\n');
    const [lists = ''] = help.split('\nquilt-perimeter --help lists');
    expect(lists.split('\n').filter((text) => text.length > 80)).toEqual([]);
    for (const example of help.split('\n').filter((text) => text.startsWith('  quilt-perimeter '))) {
      const args = example.trim().split(/ {2,}/)[0]?.split(' ').slice(1) ?? [];
      let taken = '';
      const program = programOf(({ name }) => {
        taken = name;
      });
      for (const each of [program, ...program.commands]) each.exitOverride().configureOutput({ outputError: () => undefined });
      program.parse(
        args.map((arg) => (arg === '--sandbox' ? '--sandbox=' : arg)),
        { from: 'user' },
      );
      expect(taken, example).not.toBe('');
    }
  }
});

function helpOf(name: string): string {
  let text = '';
  const program = programOf(() => undefined);
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({
      writeOut: (part) => {
        text += part;
      },
      getOutHelpWidth: () => 80,
    });
  }
  expect(() => program.parse([name, '--help'], { from: 'user' })).toThrow();
  return text;
}

test('the place of the summary is the place of the run', () => {
  const text = renderSummary(stoppedRun, facts, pageOf(80));
  for (const part of [place.accountId, place.region, place.organizationId, place.stack, place.vpc])
    expect(text).toContain(part ?? 'nothing');
});
