// STS: who am I, and sessions of roles. Trust policies are read here.
import { createHash } from 'node:crypto';
import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  AssumeRootRequest,
  AssumeRootResponse,
  Credentials,
  GetCallerIdentityResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from '@aws-sdk/client-sts';
import { mayManageRoot } from '../organizations/access.ts';
import { AwsError, type Call, type ServiceModel } from '../types.ts';
import type { AccessKey, World } from '../world.ts';
import { mayAssume } from './trust.ts';

export const stsModel = {
  service: 'sts',
  // None of them counts as a write: they change nothing that the account's owner would see.
  operations: {
    GetCallerIdentity: { kind: 'read', run: getCallerIdentity },
    AssumeRole: { kind: 'read', run: assumeRole },
    AssumeRoot: { kind: 'read', run: assumeRoot },
    GetSessionToken: { kind: 'read', run: getSessionToken },
  },
} satisfies ServiceModel<World>;

function getCallerIdentity(_world: World, _input: object, { caller }: Call): GetCallerIdentityResponse {
  return { UserId: caller.userId, Account: caller.accountId, Arn: caller.arn };
}

function assumeRole(world: World, input: AssumeRoleRequest, call: Call): AssumeRoleResponse {
  const { RoleArn: roleArn = '', RoleSessionName: sessionName = '' } = input;
  const parsed = /^arn:(aws[\w-]*):iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(roleArn);
  if (!parsed) throw new AwsError('ValidationError', `${roleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint`,
    );
  }
  // A session without its policy would be able to do more than was asked for.
  if (input.Policy !== undefined || (input.PolicyArns?.length ?? 0) > 0) {
    throw new AwsError('NotImplemented', 'The sandbox does not model session policies.', 501);
  }
  if (call.caller.kind === 'root') throw new AwsError('AccessDenied', 'Roles may not be assumed by root accounts.', 403);
  const [, partition = 'aws', accountId = '', name = ''] = parsed;
  const role = world.iam.accounts[accountId]?.roles[name];
  if (!role || role.arn !== roleArn || !mayAssume(world, role, call, input)) {
    throw new AwsError(
      'AccessDenied',
      `User: ${call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
  }
  const longest = call.caller.kind === 'role-session' ? 3_600 : role.maxSessionSeconds;
  const seconds = durationOf(input.DurationSeconds, 3_600, longest);
  const sessionTags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
  const session = {
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${name}/${sessionName}`,
    userId: `${role.id}:${sessionName}`,
  };
  const credentials = handOut(world, call, seconds, {
    ...session,
    accountId,
    kind: 'role-session',
    roleArn: role.arn,
    tags: { ...role.tags, ...sessionTags },
  });
  return { Credentials: credentials, AssumedRoleUser: { Arn: session.arn, AssumedRoleId: session.userId }, PackedPolicySize: 0 };
}

/** C3. */
function assumeRoot(world: World, input: AssumeRootRequest, call: Call): AssumeRootResponse {
  const { TargetPrincipal: target = '', TaskPolicyArn: policy } = input;
  const { caller } = call;
  const accountId = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(target)?.[1];
  if (accountId === undefined) throw new AwsError('ValidationError', `${target} is not a valid account or root principal`);
  const task = /^arn:[^:]+:iam::aws:policy\/root-task\/(\w+)$/.exec(policy?.arn ?? '')?.[1];
  if (task === undefined) throw new AwsError('ValidationError', `${policy?.arn} is not a task policy`);
  if (task !== 'S3UnlockBucketPolicy') throw new AwsError('NotImplemented', `The sandbox does not model the task ${task}.`, 501);
  const seconds = durationOf(input.DurationSeconds, 900, 900);
  const { organization } = world.organizations;
  const isMember = organization?.accounts[accountId] !== undefined && accountId !== organization.managementAccountId;
  const isEnabled = organization?.rootFeatures?.includes('RootSessions') === true;
  if (!organization || !isEnabled || !isMember || caller.kind === 'root' || !mayManageRoot(organization, caller.accountId)) {
    throw new AwsError('AccessDenied', `User: ${caller.arn} is not authorized to perform: sts:AssumeRoot on resource: ${target}`, 403);
  }
  const arn = `arn:aws:iam::${accountId}:root`;
  const who = { accountId, arn, userId: accountId, kind: 'root', task, roleArn: null, tags: {} } as const;
  return { Credentials: handOut(world, call, seconds, who) };
}

function getSessionToken(world: World, input: GetSessionTokenRequest, call: Call): GetSessionTokenResponse {
  const { accountId, arn, userId, kind, tags } = call.caller;
  if (kind !== 'user' && kind !== 'root') throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403);
  const seconds = durationOf(input.DurationSeconds, 43_200, kind === 'root' ? 3_600 : 129_600);
  return { Credentials: handOut(world, call, seconds, { accountId, arn, userId, kind, roleArn: null, tags }) };
}

function durationOf(asked: number | undefined, standard: number, longest: number): number {
  const seconds = asked ?? Math.min(standard, longest);
  if (seconds < 900 || seconds > longest) {
    throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return seconds;
}

function handOut(
  world: World,
  call: Call,
  seconds: number,
  who: Pick<AccessKey, 'accountId' | 'arn' | 'userId' | 'kind' | 'task' | 'roleArn' | 'tags'>,
): Credentials {
  world.sequence += 1;
  const hash = createHash('sha512').update(`${world.seed}/session/${world.sequence}`).digest();
  const accessKeyId = `ASIA${hash.toString('hex').slice(0, 16).toUpperCase()}`;
  const secretAccessKey = hash.subarray(8, 38).toString('base64');
  const sessionToken = `sandbox/${hash.subarray(32).toString('base64url')}`;
  const expiresAt = call.now + seconds * 1_000;
  world.accessKeys[accessKeyId] = { ...who, secretAccessKey, sessionToken, network: networkOf(world, call), expiresAt };
  return { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration: new Date(expiresAt) };
}

// The caller's own key knows of addresses that alternate; the caller as the models see it has one address.
const networkOf = (world: World, { caller }: Call): AccessKey['network'] =>
  Object.values(world.accessKeys).find((key) => key.arn === caller.arn && key.userId === caller.userId)?.network ?? caller.network;
