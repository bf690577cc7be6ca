// Who could do what: the question that tests put after each call, to see whether what was put on can still be taken off.
import { callerOf, callerOfKey } from './identities.ts';
import { whyNotInOrganizations } from './organizations/could.ts';
import { authorizeS3 } from './s3/authorize.ts';
import type { Caller } from './types.ts';
import type { World } from './world.ts';

export interface CanQuestion {
  /** An identity's name in the scenario, an access key id, the ARN of a user, role or session, or `anonymous`. */
  readonly principal: string;
  /** A VPC, subnet or public address; empty: where the principal stands. */
  readonly from: string;
  /** Such as `s3:DeleteBucketPolicy` or `organizations:UpdatePolicy`. */
  readonly action: string;
  /** ARN; empty: any. */
  readonly resource: string;
}

export interface CanAnswer {
  readonly allowed: boolean;
  /** The refusal in AWS's words, or why the question has no answer; null where it is allowed. */
  readonly why: string | null;
}

/**
 * Whether the principal could, once all changes have arrived everywhere. S3 is asked by all policies. Organizations is
 * asked by making the call on a copy where the resource is the ARN of a policy (`UpdatePolicy`; `DetachPolicy` from
 * wherever it is attached; `DeletePolicy`), else by the account alone (the management account may). `now` in simulated
 * milliseconds.
 */
export function can(world: World, question: CanQuestion, now: number): CanAnswer {
  const standing = principalOf(world, question.principal);
  if (!standing) return no(`no principal ${question.principal}`);
  const network = question.from === '' ? standing.network : networkOf(world, question.from);
  if (!network) return no(`no network ${question.from}`);
  const caller: Caller = { ...standing, network };
  const [service] = question.action.split(':');
  if (service === 'organizations') {
    const why = whyNotInOrganizations(world, { caller, accessKeyId: keyIdOf(world, question.principal), ...question, now });
    return why === null ? yes : no(why);
  }
  if (service !== 's3') return no(`the sandbox cannot tell ${question.action}`);
  const name = /^arn:[^:]+:s3:::([^/]+)/.exec(question.resource)?.[1];
  const bucket = name === undefined ? undefined : world.s3.buckets[name];
  if (name !== undefined && !bucket) return no(`no bucket ${name}`);
  const answer = authorizeS3(world, {
    caller,
    action: question.action,
    resource: question.resource || '*',
    bucket: bucket ?? null,
    region: bucket?.region ?? world.hints.region,
    now,
    frontEnd: 'settled',
  });
  return answer.allowed ? yes : no(answer.error?.message ?? 'Access Denied');
}

const yes: CanAnswer = { allowed: true, why: null };
const no = (why: string): CanAnswer => ({ allowed: false, why });

const keyIdOf = (world: World, principal: string): string => world.identities[principal] ?? principal;

function principalOf(world: World, principal: string): Caller | null {
  if (principal === 'anonymous') return callerOf(world, null, 's3', 0, 0);
  const keyId = keyIdOf(world, principal);
  const key =
    world.accessKeys[keyId] ?? Object.values(world.accessKeys).find(({ arn, roleArn }) => arn === principal || roleArn === principal);
  return key ? callerOfKey(key, 0) : fromIam(world, principal);
}

function fromIam(world: World, arn: string): Caller | null {
  const [, partition = 'aws', accountId = ''] = /^arn:([^:]+):iam::(\d{12}):/.exec(arn) ?? [];
  const account = world.iam.accounts[accountId];
  // Nobody stands anywhere unless the question says so.
  const network = { publicIp: '203.0.113.250' };
  const role = Object.values(account?.roles ?? {}).find((candidate) => candidate.arn === arn);
  if (role) {
    const session = `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/can`;
    return { accountId, arn: session, userId: `${role.id}:can`, kind: 'role-session', roleArn: role.arn, tags: role.tags, network };
  }
  const user = Object.values(account?.users ?? {}).find((candidate) => candidate.arn === arn);
  if (user) return { accountId, arn, userId: user.id, kind: 'user', roleArn: null, tags: user.tags, network };
  return arn.endsWith(':root') && account ? { accountId, arn, userId: accountId, kind: 'root', roleArn: null, tags: {}, network } : null;
}

function networkOf(world: World, from: string): Caller['network'] | null {
  if (from.startsWith('vpc-')) return world.ec2.vpcs[from] ? { vpcId: from, subnetId: null } : null;
  if (from.startsWith('subnet-')) {
    const subnet = world.ec2.subnets[from];
    return subnet ? { vpcId: subnet.vpcId, subnetId: from } : null;
  }
  return /^[\da-f.:]+$/i.test(from) ? { publicIp: from } : null;
}
