// How far a query is, from the time that has passed since it was submitted.
import type { ExecutionState, WorkGroupState } from './state.ts';

export interface Progress {
  readonly state: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly reason: string | null;
  readonly scannedBytes: number;
  /** Simulated milliseconds since the epoch; null: not yet. */
  readonly completedAt: number | null;
}

const queueMilliseconds = 1_000;

/** The state of a query at `now` (simulated milliseconds since the epoch). */
export function progressOf(execution: ExecutionState, cutoff: WorkGroupState['bytesScannedCutoff'], now: number): Progress {
  const { answer, submittedAt, stoppedAt } = execution;
  const begun = submittedAt + queueMilliseconds;
  const length = answer.seconds * 1_000;
  const scannedAt = (at: number): number =>
    length === 0 ? answer.scannedBytes : (answer.scannedBytes * clamp(at - begun, length)) / length;
  const cutAt = cutoff === null || answer.scannedBytes <= cutoff ? null : begun + (cutoff / answer.scannedBytes) * length;
  const endsAt = cutAt ?? begun + length;
  if (stoppedAt !== null && stoppedAt < endsAt)
    return {
      state: 'CANCELLED',
      reason: 'Query cancelled by user',
      scannedBytes: Math.floor(scannedAt(stoppedAt)),
      completedAt: stoppedAt,
    };
  if (now < begun) return { state: 'QUEUED', reason: null, scannedBytes: 0, completedAt: null };
  if (now < endsAt) return { state: 'RUNNING', reason: null, scannedBytes: Math.floor(scannedAt(now)), completedAt: null };
  const scannedBytes = Math.floor(scannedAt(endsAt));
  if (cutAt !== null) return { state: 'FAILED', reason: 'Bytes scanned limit was exceeded', scannedBytes, completedAt: endsAt };
  return answer.failure === null
    ? { state: 'SUCCEEDED', reason: null, scannedBytes, completedAt: endsAt }
    : { state: 'FAILED', reason: answer.failure, scannedBytes, completedAt: endsAt };
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(value, most));
