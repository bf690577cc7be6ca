// Writes a call down, once for each account that is told of it, in every trail that asks for it.
import { createHash } from 'node:crypto';
import { pathToS3 } from '../ec2/reach.ts';
import type { AwsError, Caller, Write } from '../types.ts';
import type { World } from '../world.ts';
import { type Event, eventOf } from './calls.ts';
import { type Origin, originOf, userIdentityOf } from './identity.ts';
import { isSelected } from './selectors.ts';
import type { CloudTrailState, TrailRecord, TrailState } from './state.ts';

/** A call that was answered. */
export interface Answered {
  readonly service: string;
  readonly operation: string;
  readonly kind: Write;
  readonly input: Readonly<Record<string, unknown>>;
  /** What was answered; null where the call failed. */
  readonly output: unknown;
  readonly error: AwsError | null;
  readonly caller: Caller;
  /** Null: unsigned. */
  readonly accessKeyId: string | null;
  readonly presigned: boolean;
  /** As signed for. */
  readonly region: string;
  readonly host: string;
  readonly userAgent: string;
  readonly requestId: string;
  /** Simulated milliseconds since the epoch. */
  readonly now: number;
}

/** Adds the call to the trails' waiting files. Returns whether any trail has it: then the world has changed. */
export function recordCall(world: World, answered: Answered): boolean {
  const { cloudTrail } = world;
  if (cloudTrail === undefined || !cloudTrail.recording || cloudTrail.trails.length === 0) return false;
  const event = eventOf(world, answered.service, answered.operation, answered.input, answered.output);
  if (event === null) return false;
  const bucket = world.s3.buckets[String(answered.input.Bucket ?? '')];
  const region = answered.service === 's3' ? (bucket?.region ?? answered.region) : answered.region;
  const path = answered.service === 's3' ? pathToS3(world, answered.caller.network, region, answered.now) : null;
  const origin = originOf(answered.caller, path);
  if (origin === null) return false;
  const copies = recipientsOf(event, answered);
  const found = copies.map((recipient) => {
    const trails = cloudTrail.trails.filter((trail) => writes(world, trail, recipient, region, event, answered.kind));
    if (trails.length === 0) return false;
    const record = recordOf(event, answered, { origin, region, recipient, shared: copies.length > 1 });
    for (const trail of trails) add(cloudTrail, trail, recipient, region, record, answered.now);
    return true;
  });
  return found.some(Boolean);
}

/** Whoever called, and whose thing it is: the caller's account first (F16). */
function recipientsOf({ ownerAccountId }: Event, { caller }: Answered): readonly string[] {
  const isPrincipal = caller.kind !== 'anonymous' && caller.kind !== 'service';
  return [...new Set([...(isPrincipal ? [caller.accountId] : []), ...(ownerAccountId === null ? [] : [ownerAccountId])])];
}

function writes(world: World, trail: TrailState, recipient: string, region: string, event: Event, kind: Write): boolean {
  const { organization } = world.organizations;
  const isMember = organization !== null && trail.organizationId === organization.id && Object.hasOwn(organization.accounts, recipient);
  const { category, source, name, resourceArn } = event;
  return (
    trail.logging &&
    (trail.accountId === recipient || isMember) &&
    (trail.multiRegion || trail.homeRegion === region) &&
    isSelected(trail, { category, source, name, readOnly: kind === 'read', resourceArn })
  );
}

function add(cloudTrail: CloudTrailState, trail: TrailState, accountId: string, region: string, record: TrailRecord, now: number): void {
  cloudTrail.waiting ??= [];
  const file = cloudTrail.waiting.find((one) => one.trail === trail.name && one.accountId === accountId && one.region === region);
  if (file === undefined) cloudTrail.waiting.push({ trail: trail.name, accountId, region, since: now, records: [record] });
  else file.records.push(record);
}

interface Copy {
  readonly origin: Origin;
  readonly region: string;
  readonly recipient: string;
  /** Whether another account has a copy too. */
  readonly shared: boolean;
}

function recordOf(event: Event, answered: Answered, { origin, region, recipient, shared }: Copy): TrailRecord {
  const { caller, error, requestId } = answered;
  const at = `${new Date(answered.now).toISOString().slice(0, 19)}Z`;
  const byService = 'service' in caller.network;
  const asOwner = recipient !== caller.accountId;
  return {
    eventVersion: '1.11',
    userIdentity: userIdentityOf(caller, answered.accessKeyId, at, asOwner),
    eventTime: at,
    eventSource: event.source,
    eventName: event.name,
    awsRegion: region,
    ...{ sourceIPAddress: origin.sourceIPAddress },
    userAgent: byService ? origin.sourceIPAddress : `[${answered.userAgent}]`,
    ...(error === null ? {} : { errorCode: error.code, errorMessage: error.message.slice(0, 1024) }),
    requestParameters: event.requestParameters,
    responseElements: event.responseElements,
    ...(event.source === 's3.amazonaws.com' ? { additionalEventData: additionalOf(answered, byService) } : {}),
    requestID: requestId,
    eventID: idFrom(`${requestId}/${recipient}`),
    readOnly: answered.kind === 'read',
    resources: event.resources,
    eventType: 'AwsApiCall',
    managementEvent: event.category === 'Management',
    recipientAccountId: recipient,
    ...(shared ? { sharedEventID: idFrom(requestId) } : {}),
    ...(origin.vpcEndpointId === undefined ? {} : { vpcEndpointId: origin.vpcEndpointId }),
    ...(origin.vpcEndpointAccountId === undefined ? {} : { vpcEndpointAccountId: origin.vpcEndpointAccountId }),
    eventCategory: event.category,
    ...(byService
      ? {}
      : { tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: answered.host } }),
  };
}

function additionalOf({ accessKeyId, presigned, requestId }: Answered, byService: boolean): { readonly [name: string]: string | number } {
  const signed = accessKeyId !== null || byService;
  return {
    ...(signed ? { SignatureVersion: 'SigV4', AuthenticationMethod: presigned ? 'QueryString' : 'AuthHeader' } : {}),
    CipherSuite: 'TLS_AES_128_GCM_SHA256',
    bytesTransferredIn: 0,
    bytesTransferredOut: 0,
    'x-amz-id-2': createHash('sha256').update(requestId).digest('base64'),
  };
}

/** A UUID that follows from a text. */
function idFrom(text: string): string {
  const hex = createHash('sha256').update(`event/${text}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
