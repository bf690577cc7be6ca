// Ctrl-C ends waits and reads, never a write that is under way: what became of that one would not be known.
import { expect, test } from 'vitest';
import { WholeRun } from '../support/whole-run.ts';

test('no write of apply or rollback is sent with a signal that could abort it', async () => {
  const run = await WholeRun.on('greenfield');
  const { requestHandler, sandbox } = run.sandbox;
  const handle = requestHandler.handle;
  const abortable: string[] = [];
  requestHandler.handle = async (request, options) => {
    const answer = await handle.call(requestHandler, request, options);
    const last = sandbox.calls().at(-1);
    // A session of a role changes nothing.
    const isWrite = last !== undefined && !/^(Get|List|Describe|Head|Assume)/.test(last.operation);
    if (isWrite && options?.abortSignal === run.sandbox.context.signal) abortable.push(last.operation);
    return answer;
  };
  expect((await run.apply({ accept: ['QP413'] })).stoppedBy).toBeNull();
  expect((await run.rollBack()).kept).toEqual([]);
  expect(abortable).toEqual([]);
});
