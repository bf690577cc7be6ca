// A thread that reads logs: what readers.ts starts.
import { parentPort, workerData } from 'node:worker_threads';
import type { Part } from './part.ts';
import { type FromThread, ownReader, type ToThread } from './readers.ts';
import type { TrailWindow } from './types.ts';

const reader = ownReader(workerData as TrailWindow);

const answer = async (question: ToThread): Promise<FromThread> => {
  try {
    return question === 'finish' ? { part: await reader.finish() } : { outcome: await reader.read(question.read) };
  } catch (failure) {
    return { failure };
  }
};

parentPort?.on('message', async (question: ToThread) => {
  const told = await answer(question);
  // What was found is handed over, not copied.
  const buffers = 'part' in told ? buffersOf(told.part) : [];
  parentPort?.postMessage(told, buffers);
});

const buffersOf = ({ paths, tallies, counts, days, shared }: Part): ArrayBuffer[] => [
  ...[paths.words.buffer, paths.starts.buffer, tallies.words.buffer, counts.buffer],
  ...[days.tallies.buffer, days.days.buffer, days.counts.buffer],
  ...shared.flatMap(({ ids, tallies: of, times }) => [ids.buffer, of.buffer, times.buffer]),
];
