// The process is killed at a write: before the call was sent, or after it took effect and before its answer arrived. What
// was not synced to the disk is lost with it.
import { type CaseSource, type Command, caseAt, type SweepCase, type SweptScenario } from './cases.ts';
import type { Moment } from './company.ts';
import { outlive } from './outlive.ts';
import { type RecordedWrite, recordingOf } from './recording.ts';

const moments: { readonly [fault: string]: (write: RecordedWrite) => Moment } = {
  'killed-before-call': ({ before }) => before,
  'killed-after-call': ({ after }) => after,
};

export const kills: CaseSource = {
  faults: Object.keys(moments),
  async cases(scenario) {
    const recording = await recordingOf(scenario);
    const of = (command: Command): readonly SweepCase[] =>
      Object.entries(moments).flatMap(([fault, momentOf]) =>
        recording[command].writes.map((write, index) => killedAt(scenario, command, fault, index + 1, momentOf(write))),
      );
    return [...of('apply'), ...of('rollback')];
  },
};

const killedAt = (scenario: SweptScenario, command: Command, fault: string, nth: number, from: Moment): SweepCase => ({
  ...caseAt(command, scenario, fault, nth),
  run: () => outlive({ scenario, command, from }),
});
