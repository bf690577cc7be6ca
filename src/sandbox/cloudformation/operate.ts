// Starting what takes time: an operation is planned as dated steps when it is accepted, failures included.
import { takeAsyncFailure } from '../fault-types.ts';
import { AwsError, type Call } from '../types.ts';
import type { World } from '../world.ts';
import { changesBetween } from './changes.ts';
import { checkReferencedEndpoints } from './endpoints.ts';
import { settleStack } from './settle.ts';
import { resourcesFor, scopeOf } from './stack.ts';
import { forbiddenBy } from './stack-policy.ts';
import type { ChangeRecord, OperationStep, StackContent, StackOperation, StackRecord } from './state.ts';

/** Simulated milliseconds that an update takes, from the request to UPDATE_COMPLETE. */
export const updateTime = 120_000;
const createTime = 60_000;
const rollbackTime = 60_000;
const deleteTime = 60_000;

interface Failure {
  readonly logicalId: string;
  readonly reason: string;
  readonly ends: 'UPDATE_ROLLBACK_COMPLETE' | 'UPDATE_ROLLBACK_FAILED';
}

type Begin = Pick<StackOperation, 'token' | 'request'>;

/**
 * Was this request made before with the same token. Throws TokenAlreadyExistsException for a token of another request.
 */
export function repeated(stack: StackRecord, token: string | undefined, request: string): boolean {
  if (token === undefined) return false;
  const known = stack.operation?.token === token ? stack.operation.request : stack.tokens[token];
  if (known === undefined) return false;
  if (known !== request) throw new AwsError('TokenAlreadyExistsException', `A client request token already exists: ${token}`);
  return true;
}

/** Begins an update to `next`. `stackPolicy` is the policy that binds it, or null. */
export function beginUpdate(
  world: World,
  call: Call,
  stack: StackRecord,
  next: StackContent,
  stackPolicy: string | null,
  begin: Begin,
): void {
  const changes = changesBetween(scopeOf(stack, stack.content), scopeOf(stack, next), stack.resources);
  const failure = failureOf(world, stack, next, changes, stackPolicy);
  const added = resourcesFor(stack, next, call.now)
    .filter(({ logicalId }) => !stack.resources.some((resource) => resource.logicalId === logicalId))
    .map((resource) => ({ ...resource, status: 'CREATE_IN_PROGRESS' }));
  const steps = failure ? failingSteps(call.now, changes, failure) : updateSteps(call.now, changes);
  start(stack, call.now, { kind: 'update', ...begin, next, previous: structuredClone(stack.content), added, steps });
}

/** Begins the creation of a stack whose record stands without resources. */
export function beginCreate(call: Call, stack: StackRecord, begin: Begin): void {
  const { content } = stack;
  const added = resourcesFor(stack, content, call.now).map((resource) => ({ ...resource, status: 'CREATE_IN_PROGRESS' }));
  const steps = [
    { ...own(call.now, 'CREATE_IN_PROGRESS', 'User Initiated'), effect: 'commit' as const },
    ...added.map(({ logicalId }, index) => of(call.now + spread(index, added.length, createTime), logicalId, 'CREATE_COMPLETE', null)),
    own(call.now + createTime, 'CREATE_COMPLETE', null),
  ];
  start(stack, call.now, { kind: 'create', ...begin, next: content, previous: content, added, steps });
}

/** Begins the deletion of a stack. */
export function beginDelete(call: Call, stack: StackRecord, begin: Begin): void {
  const gone = [...stack.resources].reverse();
  const steps = [
    own(call.now, 'DELETE_IN_PROGRESS', 'User Initiated'),
    ...gone.map(({ logicalId }, index) => ({
      ...of(call.now + spread(index, gone.length, deleteTime), logicalId, 'DELETE_COMPLETE', null),
      effect: 'remove' as const,
    })),
    own(call.now + deleteTime, 'DELETE_COMPLETE', null),
  ];
  start(stack, call.now, { kind: 'delete', ...begin, next: stack.content, previous: stack.content, added: [], steps });
}

/** Takes up a rollback that failed. */
export function continueRollback(call: Call, stack: StackRecord, begin: Begin): void {
  const previous = stack.unfinishedRollback ?? stack.content;
  const stuck = stack.resources.filter(({ status }) => status === 'UPDATE_FAILED');
  const steps = [
    { ...own(call.now, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated'), effect: 'restore' as const },
    ...stuck.map(({ logicalId }, index) => of(call.now + spread(index, stuck.length, rollbackTime), logicalId, 'UPDATE_COMPLETE', null)),
    own(call.now + rollbackTime - 5_000, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', null),
    own(call.now + rollbackTime, 'UPDATE_ROLLBACK_COMPLETE', null),
  ];
  start(stack, call.now, { kind: 'rollback', ...begin, next: previous, previous, added: [], steps });
}

function start(stack: StackRecord, now: number, operation: StackOperation): void {
  stack.operation = operation;
  settleStack(stack, now);
}

function failureOf(
  world: World,
  stack: StackRecord,
  next: StackContent,
  changes: readonly ChangeRecord[],
  stackPolicy: string | null,
): Failure | null {
  const armed = takeAsyncFailure(world, 'stack-update');
  if (armed) return { logicalId: armed.logicalId, reason: armed.reason, ends: armed.status };
  const forbidden = changes.find((change) => forbiddenBy(stackPolicy, change));
  if (forbidden) {
    const reason = 'Action denied by stack policy: Statement [#1] does not allow [Update:*] for resource [*]';
    return { logicalId: forbidden.logicalId, reason, ends: 'UPDATE_ROLLBACK_COMPLETE' };
  }
  for (const { logicalId, action } of changes) {
    const reason = action === 'Remove' ? null : checkReferencedEndpoints(world, stack, next, logicalId);
    if (reason !== null) return { logicalId, reason, ends: 'UPDATE_ROLLBACK_COMPLETE' };
  }
  return null;
}

function updateSteps(now: number, changes: readonly ChangeRecord[]): OperationStep[] {
  const made = changes.filter(({ action }) => action !== 'Remove');
  const removed = changes.filter(({ action }) => action === 'Remove');
  const most = updateTime - 20_000;
  return [
    { ...own(now, 'UPDATE_IN_PROGRESS', 'User Initiated'), effect: 'commit' },
    ...made.flatMap(({ logicalId, action, replacement }, index) => {
      const verb = action === 'Add' ? 'CREATE' : 'UPDATE';
      const at = now + spread(index, made.length, most);
      const reason =
        replacement === 'True' ? 'Requested update requires the creation of a new physical resource; hence creating one.' : null;
      return [of(at, logicalId, `${verb}_IN_PROGRESS`, reason), of(at + 4_000, logicalId, `${verb}_COMPLETE`, null)];
    }),
    own(now + updateTime - 10_000, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', null),
    ...removed.map(({ logicalId }) => ({ ...of(now + updateTime - 5_000, logicalId, 'DELETE_COMPLETE', null), effect: 'remove' as const })),
    own(now + updateTime, 'UPDATE_COMPLETE', null),
  ].sort((a, b) => a.at - b.at) as OperationStep[];
}

/** One resource fails, what was under way is cancelled after it, and the stack goes back (G12). */
function failingSteps(now: number, changes: readonly ChangeRecord[], failure: Failure): OperationStep[] {
  const others = changes.filter(({ logicalId, action }) => logicalId !== failure.logicalId && action === 'Modify');
  const failedAt = now + 40_000;
  const touched = [failure.logicalId, ...others.map(({ logicalId }) => logicalId)];
  const back = touched.map((logicalId, index) =>
    of(failedAt + 5_000 + spread(index, touched.length, 30_000), logicalId, 'UPDATE_COMPLETE', null),
  );
  const complete = failure.ends === 'UPDATE_ROLLBACK_COMPLETE';
  return [
    { ...own(now, 'UPDATE_IN_PROGRESS', 'User Initiated'), effect: 'commit' },
    ...touched.map((logicalId) => of(now + 5_000, logicalId, 'UPDATE_IN_PROGRESS', null)),
    of(failedAt, failure.logicalId, 'UPDATE_FAILED', failure.reason),
    ...others.map(({ logicalId }) => of(failedAt + 1_000, logicalId, 'UPDATE_FAILED', 'Resource update cancelled')),
    {
      ...own(failedAt + 2_000, 'UPDATE_ROLLBACK_IN_PROGRESS', `The following resource(s) failed to update: [${touched.join(', ')}]. `),
      effect: 'restore',
    },
    ...(complete ? back : [of(failedAt + 20_000, failure.logicalId, 'UPDATE_FAILED', failure.reason)]),
    ...(complete ? [own(now + updateTime - 10_000, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', null)] : []),
    own(now + updateTime, failure.ends, complete ? null : `The following resource(s) failed to update: [${failure.logicalId}]. `),
  ];
}

const own = (at: number, status: string, reason: string | null): OperationStep => ({
  at,
  logicalId: '',
  status,
  reason,
  stackStatus: status,
  effect: 'none',
});

const of = (at: number, logicalId: string, status: string, reason: string | null): OperationStep => ({
  at,
  logicalId,
  status,
  reason,
  stackStatus: null,
  effect: 'none',
});

const spread = (index: number, count: number, time: number): number => Math.round(((index + 1) / (count + 1)) * time);
