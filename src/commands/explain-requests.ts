// `explain --requests`: one JSON object a line in, one a line out, in order.
import { badInput, PerimeterError } from '../errors.ts';
import { type Decision, type DeniedBy, evaluate } from '../policy/evaluate.ts';
import type { Judgement, PerimeterRequest } from '../policy/judge.ts';
import { requestReader } from '../policy/request-line.ts';
import { linesOf } from './lines.ts';
import { type PerimeterSay, perimeterSay } from './perimeter-say.ts';
import type { ProgramPorts } from './ports.ts';
import { type Run, readSettings } from './session.ts';
import { type ThisPerimeter, thisPerimeter } from './this-perimeter.ts';

type Answer = Pick<Decision, 'decision' | 'deniedBy' | 'dependsOn'>;

/**
 * Answers each line of the file. The perimeter of this folder is read when the first line without policies comes, and AWS is
 * asked about it only where VPC, test bucket and targets are not all said.
 * @throws PerimeterError REQUEST (exit 2) naming the first line that cannot be answered, after the answers to those before it
 */
export async function explainRequests(run: Run, file: string): Promise<number> {
  const read = requestReader();
  const answers = answersTo(run.ports.stdout);
  const here = askedOnce(run);
  let number = 0;
  try {
    for await (const lines of linesOf('--requests', file, run.ports)) {
      for (const text of lines) {
        number += 1;
        const line = read(text);
        if (typeof line === 'string') throw badLine(number, line);
        const answer = line.hasPolicies ? evaluate(line.request) : here.answer(line.request);
        answers.add(answer instanceof Promise ? await answer : answer);
      }
      if (!(await answers.flush())) break;
    }
    return 0;
  } catch (error) {
    await answers.flush();
    throw error instanceof PerimeterError && error.code === 'BAD_PRINCIPAL' ? badLine(number, error.summary) : error;
  } finally {
    await here.close();
  }
}

const badLine = (number: number, problem: string): PerimeterError =>
  badInput(
    'REQUEST',
    `reading --requests (line ${number}): ${problem}`,
    'give one JSON object a line: principal, action, resource, and what else README says; the lines before it are answered',
  );

/** The perimeter of this folder, read when it is first asked. */
function askedOnce(run: Run): { answer(request: PerimeterRequest): Answer | Promise<Answer>; close(): Promise<void> } {
  let perimeter: ThisPerimeter | null = null;
  let say: PerimeterSay | null = null;
  const begin = async (): Promise<PerimeterSay> => {
    const { wanted } = (await readSettings(run)).settings;
    const offline = wanted.vpc !== null && wanted.testBucket !== null && wanted.targets.length > 0;
    perimeter = await thisPerimeter(run, { offline });
    say = perimeterSay(perimeter);
    return say;
  };
  return {
    answer: (request) => {
      const judgement = say === null ? begin().then((begun) => begun.judge(request)) : say.judge(request);
      return judgement instanceof Promise ? judgement.then(answerOf) : answerOf(judgement);
    },
    close: async () => perimeter?.close(),
  };
}

const answerOf = ({ verdict, deniedBy, dependsOn }: Judgement): Answer => {
  if (verdict === 'unknown') return { decision: 'unknown', deniedBy: [], dependsOn };
  return { decision: verdict === 'denied' ? 'explicitDeny' : 'allowed', deniedBy, dependsOn };
};

/** Answers written together; a reader that is slow is waited for, one that went away ends the work. */
function answersTo(stdout: ProgramPorts['stdout']): { add(answer: Answer): void; flush(): Promise<boolean> } {
  let waiting: string[] = [];
  return {
    add: (answer) => {
      waiting.push(answer.decision === 'allowed' ? allowed : answerLine(answer));
    },
    flush: async () => {
      const text = waiting.join('');
      waiting = [];
      if (stdout.destroyed || text === '' || stdout.write(text)) return !stdout.destroyed;
      await new Promise<void>((settle) => {
        const end = (): void => {
          stdout.off('drain', end).off('close', end).off('error', end);
          settle();
        };
        stdout.on('drain', end).on('close', end).on('error', end);
      });
      return !stdout.destroyed;
    },
  };
}

// JSON.stringify of the whole costs as much as the evaluation; what comes from outside goes through it.
const answerLine = ({ decision, deniedBy, dependsOn }: Answer): string =>
  `{"decision":"${decision}","deniedBy":[${deniedBy.map(deniedByText).join()}],"dependsOn":${JSON.stringify(dependsOn)}}\n`;

const deniedByText = ({ policyType, level, document, index, sid }: DeniedBy): string =>
  `{"policyType":"${policyType}","level":${level},"document":${document},"index":${index},"sid":${JSON.stringify(sid)}}`;

const allowed = answerLine({ decision: 'allowed', deniedBy: [], dependsOn: [] });
