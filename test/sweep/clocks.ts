// The machine's clock is not AWS's: a trial would expire too late or too early, so that none is put.
import type { Clock } from '../../src/ports.ts';
import { type CaseSource, caseAt, type SweepCase } from './cases.ts';
import type { Company, Ending } from './company.ts';
import { outlive } from './outlive.ts';
import { recordingOf } from './recording.ts';

const minutesAhead: { readonly [fault: string]: number } = { 'clock-ahead': 30, 'clock-behind': -30 };

export const clocks: CaseSource = {
  faults: Object.keys(minutesAhead),
  async cases(scenario) {
    const { apply } = await recordingOf(scenario);
    return Object.entries(minutesAhead).map(
      ([fault, minutes]): SweepCase => ({
        ...caseAt('apply', scenario, fault, `${Math.abs(minutes)}-minutes`),
        run: () =>
          outlive({
            scenario,
            command: 'apply',
            from: apply.from,
            disturb: (company) => misset(company, minutes),
            expect: stoppedAtBaseline,
          }),
      }),
    );
  },
};

const stoppedAtBaseline = (ending: Ending): string | null =>
  ending.how === 'stopped' && ending.code === 'QP302' ? null : `did not stop with QP302: ${ending.how}`;

function misset({ run }: Company, minutes: number): () => void {
  const right = run.clock;
  const { requestHandler } = run.sandbox;
  const { handle } = requestHandler;
  requestHandler.handle = async (request, options) => {
    const answer = await handle.call(requestHandler, request, options);
    answer.response.headers.date = right.now().toUTCString();
    return answer;
  };
  const wrong: Clock = {
    now: () => new Date(right.now().getTime() + minutes * 60_000),
    sleep: (milliseconds, signal) => right.sleep(milliseconds, signal),
  };
  run.clock = wrong;
  return () => {
    run.clock = right;
    requestHandler.handle = handle;
  };
}
