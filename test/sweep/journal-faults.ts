// The journal's disk fails at an append: it is full, or the process is killed in the midst of the line.
import { type CaseSource, type Command, caseAt, type SweepCase, type SweptScenario } from './cases.ts';
import type { Company, Moment } from './company.ts';
import { outlive } from './outlive.ts';
import { type RecordedAppend, recordingOf } from './recording.ts';
import { tornAtEveryByte } from './torn.ts';

const commands: readonly Command[] = ['apply', 'rollback'];

/**
 * How many bytes of an append reached the disk before the process was killed. Where it is cut decides nothing, as
 * `torn-at-every-byte` shows: so one append is cut at its first byte, the next in the middle, the next before its newline.
 */
const cuts: { readonly [fault: string]: (length: number, index: number) => number } = {
  'killed-in-append': (length, index) => [1, length >> 1, length - 1][index % 3] ?? 1,
  'killed-after-append': (length) => length,
};

export const journalFaults: CaseSource = {
  faults: ['disk-full', ...Object.keys(cuts), 'torn-at-every-byte'],
  async cases(scenario) {
    const recording = await recordingOf(scenario);
    return commands.flatMap((command) => [
      ...recording[command].appends.map((_, index) => fullAt(scenario, command, recording[command].from, index + 1)),
      ...recording[command].appends.map(
        (append, index): SweepCase => ({
          ...caseAt(command, scenario, 'torn-at-every-byte', index + 1),
          run: () => tornAtEveryByte(recording, append),
        }),
      ),
      ...Object.entries(cuts).flatMap(([fault, cut]) =>
        recording[command].appends.map(
          (append, index): SweepCase => ({
            ...caseAt(command, scenario, fault, index + 1),
            run: () => outlive({ scenario, command, from: cutShort(append, cut(append.bytes.length, index)) }),
          }),
        ),
      ),
    ]);
  },
};

/** The disk is full from this append on, until the process has ended. */
const fullAt = (scenario: SweptScenario, command: Command, from: Moment, nth: number): SweepCase => ({
  ...caseAt(command, scenario, 'disk-full', nth),
  run: () => outlive({ scenario, command, from, disturb: (company) => fill(company, nth) }),
});

function fill({ run: { disk } }: Company, nth: number): () => void {
  const { onAppend } = disk;
  let appends = 0;
  disk.onAppend = (length) => {
    appends += 1;
    return appends >= nth ? 0 : length;
  };
  return () => {
    disk.onAppend = onAppend;
  };
}

function cutShort({ before, bytes }: RecordedAppend, arrived: number): Moment {
  const disk = before.disk.afterPowerCut();
  disk.leave('/work/.quilt-perimeter/journal.jsonl', bytes.subarray(0, arrived));
  return { ...before, disk };
}
