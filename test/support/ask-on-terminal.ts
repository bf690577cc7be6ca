// Run in a terminal: asks one of the long questions, `tree`, `select`, `checkbox` or `code`, and prints the answer as JSON.
import { plainPaint } from '../../src/ui/paint.ts';
import { plainUi } from '../../src/ui/plain.ts';
import type { Branch, Question } from '../../src/ui/questions.ts';
import { terminalUi } from '../../src/ui/terminal.ts';

const [kind = '', isPlain] = process.argv.slice(2);

/** A root, forty units and 2,000 accounts, fifty in each unit; the stack's is account 1234. */
function organization(): readonly Branch[] {
  const lines: Branch[] = [{ value: 'r-ab12', label: 'Root (r-ab12)', detail: '', depth: 0 }];
  for (let unit = 0; unit < 40; unit += 1) {
    lines.push({ value: `ou-ab12-unit${unit}`, label: `Unit ${unit} unit (ou-ab12-unit${unit})`, detail: '', depth: 1 });
    for (let each = 0; each < 50; each += 1) {
      const id = String(100_000_000_000 + unit * 50 + each);
      lines.push({ value: id, label: `account-${unit * 50 + each} (${id})`, detail: '', depth: 2 });
    }
  }
  return lines;
}

const many = Array.from({ length: 2000 }, (_, n) => ({ value: `vpc-${n}`, label: `网络-${n} (vpc-${n})`, detail: `10.${n % 256}.0.0/16` }));

const questions: { readonly [kind: string]: Question } = {
  tree: {
    kind: 'tree',
    id: 'target',
    text: 'What is the SCP attached to?',
    options: organization(),
    initial: '100000001234',
    flag: '--target',
  },
  select: { kind: 'select', id: 'vpc', text: 'Which VPC?', options: many, initial: 'vpc-7', flag: '--vpc' },
  checkbox: { kind: 'checkbox', id: 'vpcs', text: 'Which VPCs?', options: many, initial: ['vpc-3'], flag: '--trusted-vpc' },
  code: { kind: 'code', id: 'mfa', text: 'MFA code for arn:aws:iam::111122223333:mfa/me' },
};

const question = questions[kind];
if (question === undefined) throw new Error(`no question ${kind}`);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
const make = isPlain === 'plain' ? plainUi : terminalUi;
const ui = make({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  quiet: false,
  yes: false,
  rail: false,
  events: false,
  page: { paint: plainPaint, width: 100, verbose: false, plain: isPlain === 'plain' },
  signal: stop.signal,
  now: () => new Date().toISOString(),
});
try {
  const answer = await ui.ask(question);
  process.stdout.write(`answer ${JSON.stringify(answer)}\n`);
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 130;
}
ui.close();
