// `explain --requests`: one JSON object a line in, one a line out, in order.
import { badInput, PerimeterError } from '../errors.ts';
import { type Decision, evaluate } from '../policy/evaluate.ts';
import type { Judgement } from '../policy/judge.ts';
import { type RequestLine, requestReader } from '../policy/request-line.ts';
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
        const answer = line.policies === null ? await here.answer(line) : decided(line, line.policies);
        answers.add(answer);
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

const decided = ({ request }: RequestLine, policies: NonNullable<RequestLine['policies']>): Answer => evaluate({ ...request, policies });

const badLine = (number: number, problem: string): PerimeterError =>
  badInput(
    'REQUEST',
    `reading --requests (line ${number}): ${problem}`,
    'give one JSON object a line: principal, action, resource, and what else README says; the lines before it are answered',
  );

/** The perimeter of this folder, read when it is first asked. */
function askedOnce(run: Run): { answer(line: RequestLine): Promise<Answer>; close(): Promise<void> } {
  let perimeter: ThisPerimeter | null = null;
  let say: PerimeterSay | null = null;
  return {
    async answer({ request }) {
      if (say === null) {
        const { wanted } = (await readSettings(run)).settings;
        const offline = wanted.vpc !== null && wanted.testBucket !== null && wanted.targets.length > 0;
        perimeter = await thisPerimeter(run, { offline });
        say = perimeterSay(perimeter);
      }
      return answerOf(await say.judge(request));
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
    add: ({ decision, deniedBy, dependsOn }) => {
      waiting.push(decision === 'allowed' ? allowed : `${JSON.stringify({ decision, deniedBy, dependsOn })}\n`);
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

const allowed = `${JSON.stringify({ decision: 'allowed', deniedBy: [], dependsOn: [] })}\n`;
