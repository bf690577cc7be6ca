// The process is killed at a write: before the call was sent, or after it took effect and before its answer arrived. What
// was not synced to the disk is lost with it.
import { type CaseSource, type Command, caseAt, type SweepCase, type SweptScenario } from './cases.ts';
import { type Moment, worldOf } from './company.ts';
import { outlive } from './outlive.ts';
import { type RecordedWrite, recordingOf } from './recording.ts';

const moments: { readonly [fault: string]: (write: RecordedWrite) => Moment } = {
  'killed-before-call': ({ before }) => before,
  'killed-after-call': ({ after }) => after,
  'killed-after-call-unseen': unseen,
};

/** Seconds for which EC2's Describe calls do not show what the call made: three times what the sandbox draws at most. */
const lagSeconds = 8;

function unseen({ before, after }: RecordedWrite): Moment {
  const [was, is] = [worldOf(before), worldOf(after)];
  const until = Date.parse(after.now) + lagSeconds * 1000;
  for (const table of ['vpcEndpoints', 'natGateways', 'addresses', 'securityGroups'] as const) {
    for (const id of Object.keys(is.ec2[table])) if (!(id in was.ec2[table])) is.ec2.lags[id] = { table, until, was: null };
  }
  return { ...after, world: JSON.stringify(is) };
}

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
