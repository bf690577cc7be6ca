// A thread that reads logs: what readers.ts starts.
import { parentPort, workerData } from 'node:worker_threads';
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
  const buffers = 'part' in told ? told.part.shared.flatMap(({ ids, tallies, times }) => [ids.buffer, tallies.buffer, times.buffer]) : [];
  parentPort?.postMessage(told, buffers);
});
