// Who calls: from the access key of a request to the caller that the models see.
import { expiredCredential, missingCredential, missingPermission, unknownCredential } from './refusals.ts';
import type { Caller } from './types.ts';
import type { Credential } from './wire/credential.ts';
import type { ServiceName } from './wire/services.ts';
import type { AccessKey, World } from './world.ts';

/** Where an unsigned request comes from: a public address that no scenario trusts (TEST-NET-3). */
const anonymousIp = '203.0.113.250';

/**
 * The caller of a request. `count` is the number of calls before this one: an address that flaps follows it. Throws
 * AwsError where the key is unknown, its session token does not belong to it, or it has expired at `now`.
 */
export function callerOf(world: World, credential: Credential | null, service: ServiceName, now: number, count: number): Caller {
  if (!credential) {
    if (service !== 's3') throw missingCredential();
    return { accountId: '', arn: 'anonymous', userId: '', kind: 'anonymous', roleArn: null, tags: {}, network: { publicIp: anonymousIp } };
  }
  const key = Object.hasOwn(world.accessKeys, credential.accessKeyId) ? world.accessKeys[credential.accessKeyId] : undefined;
  if (!key || (key.sessionToken !== null && key.sessionToken !== credential.sessionToken)) {
    throw unknownCredential(service, credential.accessKeyId);
  }
  if (key.expiresAt !== null && key.expiresAt <= now) throw expiredCredential(service);
  return callerOfKey(key, count);
}

/** The caller that an access key stands for. */
export function callerOfKey(key: AccessKey, count: number): Caller {
  const { accountId, arn, userId, kind, task, roleArn, tags, network } = key;
  return { accountId, arn, userId, kind, ...(task === undefined ? {} : { task }), roleArn, tags, network: networkOf(network, count) };
}

/** What the task policy S3UnlockBucketPolicy leaves to a session of AssumeRoot (C3). */
const unlockActions: readonly string[] = ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:ListAllMyBuckets'];

/**
 * Refuses a call that needs an action which the scenario took from this access key or role (`iam.deniedActions`), or which is no
 * part of the task that a session of AssumeRoot is limited to. Throws AwsError in the service's words.
 */
export function checkDenied(world: World, accessKeyId: string, caller: Caller, service: ServiceName, actions: readonly string[]): void {
  const denied = world.iam.deniedActions;
  const roleName = caller.roleArn?.split('/').at(-1);
  const patterns = [...(denied[accessKeyId] ?? []), ...(roleName === undefined ? [] : (denied[roleName] ?? []))];
  const refused = actions.find(
    (action) => (caller.task !== undefined && !unlockActions.includes(action)) || patterns.some((pattern) => fits(pattern, action)),
  );
  if (refused !== undefined) throw missingPermission(service, caller.arn, refused);
}

/** The IAM action that an operation needs: the operation's name, but for S3's own names. */
export function actionOf(service: ServiceName, operation: string): string {
  if (service === 's3' || service === 's3control') {
    const names = service === 's3' ? s3Actions : s3ControlActions;
    return `s3:${names[operation] ?? operation}`;
  }
  return `${service}:${operation}`;
}

const s3Actions: Readonly<Record<string, string>> = {
  ListBuckets: 'ListAllMyBuckets',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  HeadObject: 'GetObject',
  DeleteObjects: 'DeleteObject',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 'PutBucketPublicAccessBlock',
};

const s3ControlActions: Readonly<Record<string, string>> = {
  GetPublicAccessBlock: 'GetAccountPublicAccessBlock',
  PutPublicAccessBlock: 'PutAccountPublicAccessBlock',
  DeletePublicAccessBlock: 'PutAccountPublicAccessBlock',
};

function networkOf(network: AccessKey['network'], count: number): Caller['network'] {
  if (!('publicIp' in network)) return network;
  const addresses = [network.publicIp, ...(network.flap ?? []).filter((address) => address !== network.publicIp)];
  return { publicIp: addresses[count % addresses.length] ?? network.publicIp };
}

function fits(pattern: string, action: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`, 'i').test(action);
}
