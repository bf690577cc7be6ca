import { describe, expect, test } from 'vitest';
import type { Applied, Change, PipelinePlan, RunSummary, StatusStep } from '../../src/engine/types.ts';
import { badInput, PerimeterError, stopped } from '../../src/errors.ts';
import { finding } from '../../src/findings.ts';
import { known, unknown } from '../../src/ports.ts';
import { duration, wrap } from '../../src/ui/layout.ts';
import { colourPaint, plainPaint } from '../../src/ui/paint.ts';
import { renderError } from '../../src/ui/render-error.ts';
import { renderFindings } from '../../src/ui/render-findings.ts';
import { renderPlan, totalsOf } from '../../src/ui/render-plan.ts';
import { renderStatus } from '../../src/ui/render-status.ts';
import { nextSteps, renderRollback, renderSummary } from '../../src/ui/render-summary.ts';
import { treeLines } from '../../src/ui/render-tree.ts';
import { renderWho } from '../../src/ui/render-who.ts';

const page = { paint: plainPaint, width: 80, verbose: false, plain: false };

const change = (given: Partial<Change> & { readonly key: string }): Change => ({
  action: 'create',
  target: { accountId: '111122223333', region: 'us-east-1', type: 'vpc-endpoint', name: 'x' },
  summary: `make ${given.key}`,
  reason: 'it is needed',
  before: null,
  after: {},
  risk: 'additive',
  confirm: 'c',
  needs: [],
  seconds: null,
  usdPerMonth: null,
  ...given,
});

const planned: PipelinePlan = {
  steps: [
    {
      id: 'discover',
      title: 'Discover what stands',
      state: 'done',
      plan: { changes: [], confirmations: [], findings: [], notes: ['two VPCs'] },
    },
    {
      id: 'endpoints',
      title: 'Reach API Gateway and S3 privately',
      state: 'pending',
      plan: {
        changes: [
          change({
            key: 'endpoints/api',
            summary: 'make the interface endpoint for com.amazonaws.us-east-1.execute-api in vpc-0123456789abcdef0 (3 subnets)',
            reason: 'the catalog calls its API through API Gateway, which a private stack reaches by this endpoint only',
            seconds: 120,
            usdPerMonth: 21.9,
          }),
          change({
            key: 'endpoints/s3',
            action: 'update',
            summary: 'put rtb-1 on the S3 gateway endpoint',
            risk: 'access-affecting',
            usdPerMonth: 0,
          }),
        ],
        confirmations: [],
        findings: [finding('QP105', { detail: 'rtb-1', subjects: ['rtb-1'] }), finding('QP406', { detail: 'vpc', subjects: [] })],
        notes: [],
      },
    },
    { id: 'nat', title: 'Egress', state: 'skipped', plan: { changes: [], confirmations: [], findings: [], notes: [] } },
  ],
};

describe('the plan', () => {
  test('says what, why, how long, what it costs and what it may break, within 80 columns', () => {
    const text = renderPlan(planned, ['Left out on purpose (--skip): nat.'], page);
    expect(text).toBe(`1/6  discover  Discover what stands  [done]
    two VPCs

2/6  endpoints  Reach API Gateway and S3 privately  [pending]
  + make the interface endpoint for com.amazonaws.us-east-1.execute-api in
    vpc-0123456789abcdef0 (3 subnets)
      why: the catalog calls its API through API Gateway, which a private stack
      reaches by this endpoint only
      additive · about 2 min · $21.90 a month
  ~ put rtb-1 on the S3 gateway endpoint
      why: it is needed
      access-affecting
  ! QP105 (warning): adding a route table to an S3 gateway endpoint drops open
    S3 connections of its subnets
      rtb-1
      → do it in a quiet hour

3/6  nat  Egress  [skipped]

Left out on purpose (--skip): nat.

Plan: 2 changes, $21.90 a month.`);
  });

  test('is the same text in colour', () => {
    const esc = String.fromCharCode(27);
    const coloured = renderPlan(planned, [], { ...page, paint: colourPaint(16) });
    expect(coloured).toContain(`${esc}[`);
    expect(coloured.replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), '')).toBe(renderPlan(planned, [], page));
  });

  test('tells information only where asked for', () => {
    expect(renderPlan(planned, [], page)).not.toContain('QP406');
    expect(renderPlan(planned, [], { ...page, verbose: true })).toContain('QP406 (info)');
  });

  test('the total is of what is known, and null where no cost is known', () => {
    expect(totalsOf(planned)).toEqual({ changes: 2, usdPerMonth: 21.9 });
    const unknownCost = { steps: planned.steps.map((step) => ({ ...step, plan: { ...step.plan, changes: [change({ key: 'x' })] } })) };
    expect(totalsOf(unknownCost)).toEqual({ changes: 2, usdPerMonth: null });
    expect(renderPlan({ steps: [] }, [], page)).toContain('Nothing to change.');
  });
});

test('findings: the gravest first, unknown ones by name, accepted ones marked', () => {
  const text = renderFindings(
    [
      finding('QP105', { detail: 'rtb-1', subjects: [] }),
      { ...finding('QP413', { detail: 'quilt-test', subjects: [] }), accepted: true },
      finding('QP401', { detail: 'o-1', subjects: [], severity: 'unknown', remedy: 'none' }),
    ],
    plainPaint,
    60,
    false,
  );
  expect(text.split('\n').filter((line) => /^ {2}\S/.test(line))).toEqual([
    '  ✗ QP413 (error, accepted): nothing shows that Quilt',
    '  ? QP401 (unknown): the organization does not have all',
    '  ! QP105 (warning): adding a route table to an S3 gateway',
  ]);
});

test('an error is one line, and what to do stands alone and indented', () => {
  expect(renderError(badInput('VPC', 'finding VPC (vpc-1): it is not in us-east-1', '--vpc ID'), plainPaint, 80)).toBe(
    '✗ Bad input: finding VPC (vpc-1): it is not in us-east-1\n  → --vpc ID',
  );
  expect(renderError(stopped('X', 'stopping: a\nb', 'do c', 'because d'), plainPaint, 80)).toBe(
    '! Stopped: stopping: a b\n  because d\n  → do c',
  );
});

test('an error says what kind of end it is, and what a finding is about stands under the finding', () => {
  const told = (kind: 'stopped' | 'failed' | 'interrupted', summary: string, detail = ''): string =>
    renderError(new PerimeterError(kind, 'X', { summary, detail, remedy: '' }), plainPaint, 40);
  expect(told('failed', 'waiting for NAT gateway (nat-0a1b): the address is gone')).toBe(
    '✗ Failed: waiting for NAT gateway\n  (nat-0a1b): the address is gone',
  );
  expect(told('stopped', 'nothing shows it (QP413): bucket a', 'bucket a')).toBe('! Stopped: nothing shows it (QP413)\n  bucket a');
  expect(told('interrupted', 'interrupted by SIGINT: it is in the journal')).toBe('! interrupted by SIGINT: it is in the\n  journal');
});

test('in a log an error is one line, however long', () => {
  const error = badInput('X', `reading the command line: ${'a word '.repeat(30)}`, 'quilt-perimeter --help');
  expect(renderError(error, plainPaint, 40, true).split('\n')).toHaveLength(2);
});

test('who you are: both sides, account, Region, partition, and what is not known', () => {
  const quilt = {
    accountId: '111122223333',
    arn: 'arn:aws:sts::111122223333:assumed-role/Admin/me',
    roleArn: null,
    partition: 'aws',
    region: 'us-east-1',
    source: 'profile quilt',
    base: 'profile quilt',
  };
  expect(renderWho({ quilt, organizationSide: known({ ...quilt, accountId: '999900001111' }), organization: 'o-1' }, plainPaint, 80)).toBe(
    `Quilt account  account 111122223333, Region us-east-1, partition aws
  as arn:aws:sts::111122223333:assumed-role/Admin/me (profile quilt)
Organization   account 999900001111, organization o-1
  as arn:aws:sts::111122223333:assumed-role/Admin/me (profile quilt)`,
  );
  expect(renderWho({ quilt, organizationSide: unknown('sts:X', 'denied'), organization: null }, plainPaint, 80)).toContain(
    'Organization   not known: sts:X: denied',
  );
});

test('the organization as a tree', () => {
  const target = (id: string, name: string, type: 'ROOT' | 'ORGANIZATIONAL_UNIT' | 'ACCOUNT') => ({ id, name, type, arn: '' });
  const lines = treeLines(
    {
      target: target('r-ab12', 'Root', 'ROOT'),
      children: [
        { target: target('999900001111', 'management', 'ACCOUNT'), children: [] },
        {
          target: target('ou-ab12-workloads', 'Workloads', 'ORGANIZATIONAL_UNIT'),
          children: [{ target: target('111122223333', 'quilt', 'ACCOUNT'), children: [] }],
        },
      ],
    },
    { '111122223333': 'holds the stack' },
  );
  expect(lines.map(({ depth, label }) => `${'  '.repeat(depth)}${label}`)).toEqual([
    'Root (r-ab12)',
    '  management (999900001111)',
    '  Workloads unit (ou-ab12-workloads)',
    '    quilt (111122223333), holds the stack',
  ]);
});

test('status: a line per step, and what is drifted or half-made with both versions', () => {
  const steps: readonly StatusStep[] = [
    { id: 'discover', state: 'done', changes: [] },
    { id: 'endpoints', state: 'done', changes: [{ key: 'endpoints/a', state: 'done', journal: {}, aws: {} }] },
    {
      id: 'bucket-policy',
      state: 'drifted',
      changes: [
        { key: 'bucket-policy/b', state: 'drifted', journal: { v: 1 }, aws: { v: 'x'.repeat(200) } },
        { key: 'bucket-policy/c', state: 'pending', journal: null, aws: null },
      ],
    },
  ];
  const text = renderStatus(steps, page);
  expect(text.split('\n')).toEqual([
    '✓ 1/6  discover       done',
    '✓ 2/6  endpoints      done       1 in place',
    '✗ 4/6  bucket-policy  drifted    2 to do',
    '       drifted    bucket-policy/b',
    '         journal: {"v":1}',
    expect.stringMatching(/^ {9}AWS: {5}\{"v":"x+…$/),
  ]);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(renderStatus(steps, { ...page, verbose: true })).toContain('pending    bucket-policy/c');
});

const applied = (key: string, id: string): Applied => ({
  step: 'endpoints',
  change: change({ key }),
  generation: 1,
  token: 't',
  run: 'r',
  made: { id, fields: {} },
});
const facts = {
  place: {
    partition: 'aws',
    accountId: '111122223333',
    region: 'us-east-1',
    organizationId: 'o-1',
    managementAccountId: '9',
    stack: 'quilt-prod',
    vpc: 'vpc-1',
  },
  at: '2026-01-02T03:04:05.000Z',
  runId: 'abc',
  operator: 'arn:aws:sts::111122223333:assumed-role/Admin/me',
  leftOut: ['Live probes are left out.'],
  next: ['quilt-perimeter status: compare'],
};

test('the closing summary can be pasted into a ticket', () => {
  const summary: RunSummary = {
    outcome: 'done',
    stoppedBy: null,
    steps: [
      { id: 'discover', state: 'done', made: [], findings: [], certificates: [] },
      {
        id: 'endpoints',
        state: 'done',
        made: [applied('endpoints/a', 'vpce-1'), applied('endpoints/b', 'vpce-2')],
        findings: [],
        certificates: [],
      },
      {
        id: 'nat',
        state: 'skipped',
        made: [],
        findings: [{ ...finding('QP413', { detail: '', subjects: [] }), accepted: true }],
        certificates: [],
      },
    ],
  };
  expect(renderSummary(summary, facts, page)).toBe(`S3 data perimeter: done
───────────────────────

Account       111122223333, us-east-1 (aws)
Organization  o-1
Stack         quilt-prod in vpc-1
When          2026-01-02 03:04:05 UTC, run abc
By            arn:aws:sts::111122223333:assumed-role/Admin/me

✓ 1/6  discover   done     nothing to change
✓ 2/6  endpoints  done     2 changes: vpce-1, vpce-2
– 3/6  nat        skipped

Accepted on purpose: QP413

Live probes are left out.

Next
  quilt-perimeter status: compare`);
});

test('rollback says what is undone, kept and not restored', () => {
  const text = renderRollback(
    {
      outcome: 'stopped',
      undone: [applied('endpoints/a', 'vpce-1')],
      kept: [{ applied: applied('endpoints/b', 'vpce-2'), finding: finding('QP413', { detail: 'in use', subjects: [] }) }],
      noticed: [],
      notRestored: ['The policy type stays enabled.'],
    },
    { ...facts, leftOut: [] },
    page,
  );
  expect(text).toContain('S3 data perimeter: rollback stopped\n');
  expect(text).toContain('Undone (1):\n  make endpoints/a (vpce-1)');
  expect(text).toContain('Kept:\n  ✗ QP413');
  expect(text).toContain('Not restored:\n  The policy type stays enabled.');
});

test('what comes next depends on how far the run went', () => {
  const line = (command: string): string => `quilt-perimeter ${command} --sandbox`;
  const done = { outcome: 'done', stoppedBy: null } as const;
  expect(nextSteps(done, ['discover', 'bucket-policy'], line)[0]).toContain('test bucket in the Quilt catalog');
  expect(nextSteps(done, ['discover', 'scp'], line)[0]).toContain('from a trusted network');
  const stopped = { outcome: 'stopped', stoppedBy: null } as const;
  expect(nextSteps(stopped, [], line)[0]).toBe('quilt-perimeter status --sandbox: what stands and what is pending');
  const unconfirmed = { ...stopped, stoppedBy: new PerimeterError('stopped', 'UNCONFIRMED', { summary: '', remedy: '' }) };
  expect(nextSteps(unconfirmed, [], line)[1]).toContain('quilt-perimeter confirm --sandbox: make permanent');
});

test('durations as people say them', () => {
  expect([0, 45, 60, 95, 600, 3900].map(duration)).toEqual(['0 s', '45 s', '1 min', '1 min 35 s', '10 min', '1 h 5 min']);
});

test('wrapping keeps words whole and indents what follows', () => {
  expect(wrap('aaa bbb ccc dddddddddddd', 8, '- ', '  ')).toBe('- aaa\n  bbb\n  ccc\n  dddddddddddd');
  expect(wrap('add:\na {\n  b = 1\n}\n', 12, '- ', '  ')).toBe('- add:\n  a {\n    b = 1\n  }');
});
