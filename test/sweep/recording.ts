// What an undisturbed run does, call by call and append by append, frozen at each: where the cases begin.
import type { Command, SweptScenario } from './cases.ts';
import { Company, type Moment } from './company.ts';

export interface RecordedWrite {
  readonly operation: string;
  /** Before the call was sent, and after it took effect, before its answer reached the process. */
  readonly before: Moment;
  readonly after: Moment;
}

export interface RecordedAppend {
  readonly before: Moment;
  /** The line, or the lines that were appended at once. */
  readonly bytes: Uint8Array;
}

export interface RecordedCommand {
  readonly from: Moment;
  readonly to: Moment;
  readonly writes: readonly RecordedWrite[];
  readonly appends: readonly RecordedAppend[];
}

export interface Recording {
  readonly apply: RecordedCommand;
  readonly rollback: RecordedCommand;
}

const recordings = new Map<string, Promise<Recording>>();

/** The scenario's undisturbed apply and rollback; made once per process. */
export function recordingOf(scenario: SweptScenario): Promise<Recording> {
  const { name, accept, prepareRecording } = scenario;
  if (prepareRecording) return record(scenario);
  const known = recordings.get(name) ?? record({ name, accept });
  recordings.set(name, known);
  return known;
}

/** @throws Error where the undisturbed run does not end well */
async function record(scenario: SweptScenario): Promise<Recording> {
  const company = await Company.of(scenario);
  const apply = await recordCommand(company, 'apply');
  return { apply, rollback: await recordCommand(company, 'rollback') };
}

async function recordCommand(company: Company, command: Command): Promise<RecordedCommand> {
  const { calling, sandbox } = company.sandbox;
  const { disk } = company.run;
  const { around } = calling;
  const { onAppend } = disk;
  const writes: RecordedWrite[] = [];
  const appends: RecordedAppend[] = [];
  // Reads leave the world as it is, so that it is written out only after writes.
  let world = company.freeze().world;
  calling.around = (attempt) => {
    const before = { ...company.frozen(), world };
    const already = sandbox.calls().length;
    around(attempt);
    const call = sandbox.calls()[already];
    if (call?.kind !== 'write') return;
    const after = company.freeze();
    world = after.world;
    writes.push({ operation: call.operation, before, after });
  };
  disk.onAppend = (length, bytes) => {
    appends.push({ before: { ...company.frozen(), world }, bytes });
    return onAppend(length, bytes);
  };
  const from = company.freeze();
  const ending = await company.process(command);
  calling.around = around;
  disk.onAppend = onAppend;
  if (ending.how !== 'done') throw new Error(`${command} undisturbed: ${ending.why}`);
  if (company.watch.violation !== null) throw new Error(`${command} undisturbed: ${company.watch.violation}`);
  return { from, to: company.freeze(), writes, appends };
}
