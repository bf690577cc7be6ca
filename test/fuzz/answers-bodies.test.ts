// Answers that are none: cut, a proxy's page, no UTF-8, pages without end. One clear error or a right result. ANSWERS=all takes
// every operation with every way to spoil its answer.
import { expect, test } from 'vitest';
import { planAgain } from '../support/plan-on.ts';
import { startSandbox } from '../support/sandbox.ts';
import { endless } from './answers.ts';
import { spoil, spoils } from './bodies.ts';
import { lessSafe, toldBy, unclear } from './judge.ts';
import { patience, sampleOf } from './sample.ts';

const scenario = 'brownfield';

async function rightPlan() {
  const sandbox = await startSandbox({ scenario });
  const right = toldBy((await planAgain(sandbox)).plan);
  return { right, operations: [...new Set(sandbox.sandbox.calls().map(({ service, operation }) => `${service}:${operation}`))] };
}

test(
  'a plan from answers that are spoiled is right, or one clear error',
  async () => {
    const { right, operations } = await rightPlan();
    const cases = Object.entries(spoils).flatMap(([name, how]) => operations.map((operation) => ({ name, how, operation })));
    const wrong: string[] = [];
    for (const { name, how, operation } of sampleOf(cases, 30)) {
      const sandbox = await startSandbox({ scenario });
      const spoiled = spoil(sandbox, operation, how);
      const problems = await planAgain(sandbox).then(
        ({ plan }) => lessSafe(right, toldBy(plan)),
        (error) => unclear(error, []),
      );
      if (spoiled() === 0) problems.concat('nothing was spoiled');
      wrong.push(...problems.map((problem) => `${operation}, ${name}: ${problem}`));
    }
    expect(wrong).toEqual([]);
  },
  patience,
);

test(
  'what a proxy answers in place of AWS is told as such',
  async () => {
    const sandbox = await startSandbox();
    spoil(sandbox, 'organizations:ListRoots', spoils['a page with 502'] ?? ((answer) => answer));
    const { plan } = await planAgain(sandbox).catch((error) => ({ plan: error }));
    const { explainError, rootOf } = await import('../../src/aws/explain-error.ts');
    expect(explainError(rootOf(plan))).toMatchObject({
      code: 'UNREADABLE',
      summary: expect.stringMatching(/HTTP 502\) is no answer of AWS's/),
      remedy: expect.stringContaining('HTTPS_PROXY'),
    });
  },
  patience,
);

const paged = [
  ['ec2:DescribeVpcs', 'NextToken'],
  ['ec2:DescribeRouteTables', 'NextToken'],
  ['s3:ListBuckets', 'ContinuationToken'],
  ['iam:ListRoles', 'Marker'],
  ['organizations:ListPolicies', 'NextToken'],
  ['cloudformation:DescribeStacks', 'NextToken'],
  ['route53:ListHostedZonesByVPC', 'NextToken'],
] as const;

const ways = [
  ['the same token', () => 'again', false],
  ['tokens that go round', (page: number) => `t${page % 3}`, false],
  ['empty pages', (page: number) => `t${page}`, true],
] as const;

test.each(paged)(
  '%s that pages for ever is an error',
  async (operation, field) => {
    for (const [, token, isEmpty] of ways) {
      const sandbox = await startSandbox({ answering: endless(operation, field, token, isEmpty) });
      await expect(planAgain(sandbox)).rejects.toMatchObject({ kind: 'failed', code: 'PAGES' });
      expect(sandbox.sandbox.calls().length).toBeLessThan(400);
    }
  },
  patience,
);
