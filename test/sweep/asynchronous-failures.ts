// What AWS accepts and then does not carry through, one by one: how it is brought about, and what mends it.
import { ContinueUpdateRollbackCommand } from '@aws-sdk/client-cloudformation';
import type { AsyncFailure, Fault } from '../../src/sandbox/fault-types.ts';
import type { Propagation } from '../../src/sandbox/s3/propagation.ts';
import type { TestSandbox } from '../support/sandbox.ts';

export interface Disturbance {
  /** The row of the table, and which of its kind. */
  readonly fault: string;
  readonly which: string;
  /** The operation that has to be among a command's writes for it to happen; null: none in particular. */
  readonly strikes: string | null;
  /** Before the command is run. */
  begin(sandbox: TestSandbox): Promise<void>;
  /** What a person or AWS does once the command has ended. */
  mend(sandbox: TestSandbox): Promise<void>;
}

const armed = (failure: AsyncFailure, times: number | null = null): Fault => ({ type: 'async', failure, remaining: times });

const disarm = ({ control }: TestSandbox): Promise<void> => control.arm([]);

/** Lasts until it is mended. */
function lasting(fault: string, which: string, strikes: string, failure: AsyncFailure): Disturbance {
  return { fault, which, strikes, begin: ({ control }) => control.arm([armed(failure)]), mend: disarm };
}

/** Every failure code of B9. */
export const natFailureCodes = [
  'InsufficientFreeAddressesInSubnet',
  'Gateway.NotAttached',
  'InvalidAllocationID.NotFound',
  'Resource.AlreadyAssociated',
  'InternalError',
  'InvalidSubnetID.NotFound',
] as const;

const stackUpdate = (status: 'UPDATE_ROLLBACK_COMPLETE' | 'UPDATE_ROLLBACK_FAILED', mend: Disturbance['mend']): Disturbance => ({
  fault: `stack ${status}`,
  which: 'update',
  strikes: 'ExecuteChangeSet',
  begin: ({ control }) =>
    control.arm([armed({ kind: 'stack-update', status, logicalId: 'RegistryFunction', reason: 'Resource handler returned message' }, 1)]),
  mend,
});

/** `aws cloudformation continue-update-rollback`, as the remedy says, and what it takes until it is done. */
async function continueRollback(sandbox: TestSandbox): Promise<void> {
  const { stack } = sandbox.world().hints;
  const isStuck = Object.values(sandbox.world().cloudformation.stacks).some(({ status }) => status === 'UPDATE_ROLLBACK_FAILED');
  if (!isStuck) return;
  await sandbox.aws.cloudFormation.send(new ContinueUpdateRollbackCommand({ StackName: stack }));
  await sandbox.clock.sleep(300_000);
}

/** AWS gets on with a policy type that was stuck. */
const enableAtLast = async (sandbox: TestSandbox): Promise<void> => {
  await disarm(sandbox);
  await sandbox.sandbox.change(({ organizations }) => {
    for (const type of organizations.organization?.root.policyTypes ?? [])
      if (type.status === 'PENDING_ENABLE') type.readyAt = sandbox.clock.now().getTime();
  });
};

const lag = (which: string, propagation: Propagation): Disturbance => ({
  fault: 'stale answers',
  which,
  strikes: null,
  begin: (sandbox) =>
    sandbox.sandbox.change((world) => {
      world.propagation = propagation;
    }),
  mend: (sandbox) =>
    sandbox.sandbox.change((world) => {
      delete world.propagation;
    }),
});

const minutes = 60_000;
const both = (lagOf: NonNullable<Propagation['bucketPolicy']>): Propagation => ({ bucketPolicy: lagOf, organizationPolicy: lagOf });

/** Failures of what AWS does in the background, and of front ends that learn of policies late. */
export const disturbances: readonly Disturbance[] = [
  ...natFailureCodes.map((code) =>
    lasting('NAT gateway failed', code, 'CreateNatGateway', { kind: 'nat-gateway', code, message: `${code} as AWS words it` }),
  ),
  lasting('endpoint failed', 'InternalError', 'CreateVpcEndpoint', {
    kind: 'vpc-endpoint',
    code: 'InternalError',
    message: 'An internal error has occurred',
  }),
  lasting('change set FAILED', 'reason', 'CreateChangeSet', { kind: 'change-set', reason: 'Template error: resource X does not exist' }),
  stackUpdate('UPDATE_ROLLBACK_COMPLETE', disarm),
  stackUpdate('UPDATE_ROLLBACK_FAILED', continueRollback),
  {
    fault: 'policy type stuck in PENDING_ENABLE',
    which: 'for good',
    strikes: 'EnablePolicyType',
    begin: ({ control }) => control.arm([armed({ kind: 'policy-type' })]),
    mend: enableAtLast,
  },
  lag('long', both({ first: 30_000, last: 10 * minutes })),
  lag('late everywhere', both({ first: 5 * minutes, last: 14 * minutes })),
  lag('half of them late', both({ first: 2_000, last: 10 * minutes, split: true })),
  lag('some minutes, half of them', both({ first: 1_000, last: 90_000, split: true })),
];
