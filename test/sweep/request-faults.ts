// Something goes wrong with one write of the process: with its request, with its answer, or with AWS.

import type { FaultEffect } from '../../src/sandbox/fault-types.ts';
import { requestFault } from '../../src/sandbox/faults.ts';
import { type CaseSource, type Command, caseAt, type SweepCase } from './cases.ts';
import type { Company } from './company.ts';
import { outlive } from './outlive.ts';
import { recordingOf } from './recording.ts';

interface RequestFault {
  readonly effect: FaultEffect;
  readonly times?: number;
}

const faults: { readonly [fault: string]: RequestFault } = {
  'lost-answer': { effect: { type: 'lost-answer' } },
  dropped: { effect: { type: 'dropped' } },
  'http-500': { effect: { type: 'http-500' } },
  'ten-throttles': { effect: { type: 'throttle' }, times: 10 },
  'concurrent-modification': { effect: { type: 'concurrent-modification' } },
  'expired-credentials': { effect: { type: 'expired-credentials' } },
  'stall-of-ten-minutes': { effect: { type: 'stall', milliseconds: 600_000 } },
  'access-denied': { effect: { type: 'access-denied' } },
};

const commands: readonly Command[] = ['apply', 'rollback'];

/** Each fault at each write. */
export const requestFaults: CaseSource = {
  faults: Object.keys(faults),
  async cases(scenario) {
    const recording = await recordingOf(scenario);
    return commands.flatMap((command) =>
      Object.entries(faults).flatMap(([fault, { effect, times = 1 }]) =>
        recording[command].writes.map((_, index): SweepCase => {
          const nth = index + 1;
          const strike = (company: Company) =>
            company.sandbox.control.arm([requestFault(effect, { of: 'write', nth, times })]).then(() => () => {
              company.sandbox.world().faults.length = 0;
            });
          return {
            ...caseAt(command, scenario, fault, nth),
            run: () => outlive({ scenario, command, from: recording[command].from, disturb: strike }),
          };
        }),
      ),
    );
  },
};
