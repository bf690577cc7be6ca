// The invariant: after every single call the sandbox is asked whether what was put on can still be taken off.
import type { Clock } from '../../src/ports.ts';
import { can } from '../../src/sandbox/can.ts';
import { policyArn } from '../../src/sandbox/organizations/policies.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { World } from '../../src/sandbox/world.ts';
import type { TestSandbox } from '../support/sandbox.ts';
import { lastingTrials } from './trials.ts';

interface Watched {
  readonly sandbox: Pick<Sandbox, 'calls'>;
  readonly calling: TestSandbox['calling'];
  readonly clock: Pick<Clock, 'now'>;
  world(): World;
}

export class Watch {
  readonly #sandbox: Watched;
  readonly #shutOutBefore: ReadonlySet<string>;
  #lookAgain = 0;
  calls = 0;
  asked = 0;
  /** The first call after which the answer was no. */
  violation: string | null = null;

  constructor(sandbox: Watched) {
    this.#sandbox = sandbox;
    this.#shutOutBefore = new Set(shutOut(sandbox.world(), this.#now()));
    const { calling } = sandbox;
    const { around } = calling;
    calling.around = (attempt) => {
      const before = this.#size();
      around(attempt);
      if (this.#size() > before) this.#ask();
    };
  }

  #size(): number {
    return this.#sandbox.sandbox.calls().length;
  }

  #ask(): void {
    this.calls += 1;
    const call = this.#sandbox.sandbox.calls().at(-1);
    const now = this.#now();
    const found =
      irremovable(this.#sandbox.world(), now) ?? (call?.kind === 'write' || now >= this.#lookAgain ? this.#disturbed(now) : null);
    this.asked += 1;
    if (found === null || this.violation !== null) return;
    this.violation = `after call ${this.calls}, ${call?.service}:${call?.operation} (${call?.result}): ${found}`;
  }

  /** What changes by a write, or as time passes. */
  #disturbed(now: number): string | null {
    this.#lookAgain = now + 15_000;
    const world = this.#sandbox.world();
    const lasting = lastingTrials(world, now)[0];
    if (lasting !== undefined) return `trial statement ${lasting} does not expire within the hour`;
    const shut = shutOut(world, now).find((name) => !this.#shutOutBefore.has(name));
    return shut === undefined ? null : `${shut} was let in before and is refused`;
  }

  #now(): number {
    return this.#sandbox.clock.now().getTime();
  }
}

function irremovable(world: World, now: number): string | null {
  const { hints, organizations } = world;
  const resource = `arn:aws:s3:::${hints.testBucket}`;
  const bucket = can(world, { principal: 'operator', from: '', action: 's3:DeleteBucketPolicy', resource }, now);
  if (!bucket.allowed) return `the operator cannot take off the test bucket's policy: ${bucket.why}`;
  const { organization } = organizations;
  if (organization === null) return null;
  for (const policy of Object.values(organization.policies)) {
    if (policy.awsManaged || !policy.content.includes('QuiltPerimeter')) continue;
    const arn = policyArn(organization, policy);
    for (const action of ['organizations:UpdatePolicy', 'organizations:DetachPolicy']) {
      const { allowed, why } = can(world, { principal: 'management', from: '', action, resource: arn }, now);
      if (!allowed) return `the management account cannot call ${action} on ${policy.id}: ${why}`;
    }
  }
  return null;
}

const people = ['operator', 'breakGlass', 'vpnUser', 'quiltLambda'] as const;

/** Who is refused an object by a policy that denies it, from where they are. */
function shutOut(world: World, now: number): readonly string[] {
  const bucket = Object.keys(world.s3.buckets).find((name) => name.startsWith('quilt-raw-data'));
  const resource = `arn:aws:s3:::${bucket}/results/plate-1.csv`;
  return people.filter((principal) => {
    const { allowed, why } = can(world, { principal, from: '', action: 's3:GetObject', resource }, now);
    return !allowed && why?.includes('explicit deny') === true;
  });
}
