// SIGINT and SIGTERM as the program takes them: the signal of the process is aborted, once with a write in flight and once
// with the first call after it.
import { PerimeterError } from '../../src/errors.ts';
import { type CaseSource, type Command, caseAt, type SweepCase } from './cases.ts';
import type { Company, Ending } from './company.ts';
import { outlive } from './outlive.ts';
import { recordingOf } from './recording.ts';

const commands: readonly Command[] = ['apply', 'rollback'];

/** How many calls after the write's own the signal comes. */
const faults: { readonly [fault: string]: { readonly signal: string; readonly late: number } } = {
  'sigint-in-flight': { signal: 'SIGINT', late: 0 },
  'sigterm-after-answer': { signal: 'SIGTERM', late: 1 },
};

export const signals: CaseSource = {
  faults: Object.keys(faults),
  async cases(scenario) {
    const recording = await recordingOf(scenario);
    return commands.flatMap((command) =>
      Object.entries(faults).flatMap(([fault, { signal, late }]) =>
        recording[command].writes.map((_, index): SweepCase => {
          const from = recording[command].from;
          const disturb = (company: Company) => interruptAt(company, signal, index + 1, late);
          return {
            ...caseAt(command, scenario, fault, index + 1),
            run: () => outlive({ scenario, command, from, disturb, expect: interrupted }),
          };
        }),
      ),
    );
  },
};

/** The last call may be all that was left to do; else the process says that it was interrupted (exit 130). */
const interrupted = (ending: Ending): string | null =>
  ending.how === 'done' || (ending.how === 'failed' && ending.error instanceof PerimeterError && ending.error.exitCode === 130)
    ? null
    : `ended otherwise than interrupted: ${ending.why}`;

function interruptAt(company: Company, signal: string, nth: number, late: number): () => void {
  const { calling, sandbox } = company.sandbox;
  const { around } = calling;
  const already = sandbox.calls().length;
  let struck: number | null = null;
  calling.around = (attempt) => {
    around(attempt);
    const calls = sandbox.calls();
    if (struck === null && company.sandbox.writes(already).length >= nth) struck = calls.length;
    if (struck === null || calls.length < struck + late) return;
    company.interrupt(new PerimeterError('interrupted', 'INTERRUPTED', { summary: `interrupted by ${signal}`, remedy: 'run it again' }));
  };
  return () => {
    calling.around = around;
  };
}
