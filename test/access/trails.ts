// Trails whose truth is known beforehand: each call is made of a caller, a way to S3 and a bucket, and what the perimeter will say of
// it is worked out here from the table E19 by rules of its own, never by the evaluator.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { AssessWorld } from '../../src/access/world.ts';
import { aWorld, management, otherVpc, partner, quilt, roleArn, stranger, trustedVpc } from './assess-support.ts';

type Answer = 'yes' | 'no' | 'maybe';

/** A caller: how CloudTrail writes it, and what is true of it. */
interface Caller {
  readonly identity: object;
  readonly name: string;
  readonly tagged: Answer;
  readonly member: boolean;
  readonly bySCP: Answer;
  /** Whose trail has the call, besides the bucket owner's. */
  readonly itself?: 'service';
  readonly mayForward: 'role' | 'user' | 'nobody';
}

const session = (arn: string, accountId: string): object => ({
  type: 'AssumedRole',
  principalId: `AROA${arn.split('/').at(-1)?.toUpperCase()}:someone`,
  arn: `arn:aws:sts::${accountId}:assumed-role/${arn.split('/').at(-1)}/someone`,
  accountId,
  accessKeyId: `ASIA${arn.split('/').at(-1)?.toUpperCase()}`,
  sessionContext: { sessionIssuer: { type: 'Role', arn, accountId } },
});

const reader = roleArn('quilt/Reader');
const exempt = roleArn('BreakGlass');
const untold = roleArn('Untold');
const linked = `arn:aws:iam::${quilt}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie`;
const ann = `arn:aws:iam::${quilt}:user/ann`;

const callers = {
  reader: { identity: session(reader, quilt), name: reader, tagged: 'no', member: true, bySCP: 'yes', mayForward: 'role' },
  exempt: { identity: session(exempt, quilt), name: exempt, tagged: 'yes', member: true, bySCP: 'yes', mayForward: 'role' },
  untold: { identity: session(untold, quilt), name: untold, tagged: 'maybe', member: true, bySCP: 'yes', mayForward: 'role' },
  linked: { identity: session(linked, quilt), name: linked, tagged: 'no', member: true, bySCP: 'no', mayForward: 'nobody' },
  user: {
    identity: { type: 'IAMUser', principalId: 'AIDAANN', arn: ann, accountId: quilt, userName: 'ann' },
    name: ann,
    tagged: 'no',
    member: true,
    bySCP: 'yes',
    mayForward: 'user',
  },
  root: {
    identity: { type: 'Root', principalId: quilt, arn: `arn:aws:iam::${quilt}:root`, accountId: quilt },
    name: `arn:aws:iam::${quilt}:root`,
    tagged: 'no',
    member: true,
    bySCP: 'yes',
    mayForward: 'user',
  },
  partner: {
    identity: session(roleArn('Partner', partner), partner),
    name: roleArn('Partner', partner),
    tagged: 'no',
    member: true,
    bySCP: 'no',
    mayForward: 'nobody',
  },
  management: {
    identity: session(roleArn('Admin', management), management),
    name: roleArn('Admin', management),
    tagged: 'no',
    member: true,
    bySCP: 'no',
    mayForward: 'nobody',
  },
  strangeTagged: {
    identity: session(roleArn('Tagged', stranger), stranger),
    name: roleArn('Tagged', stranger),
    tagged: 'yes',
    member: false,
    bySCP: 'no',
    mayForward: 'nobody',
  },
  ownersCopy: {
    identity: { type: 'AWSAccount', principalId: 'AROASTRANGE:x', accountId: stranger },
    name: `account:${stranger}/AROASTRANGE`,
    tagged: 'maybe',
    member: false,
    bySCP: 'no',
    mayForward: 'nobody',
  },
  anonymous: {
    identity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' },
    name: 'anonymous',
    tagged: 'no',
    member: false,
    bySCP: 'no',
    mayForward: 'nobody',
  },
  service: {
    identity: { type: 'AWSService', invokedBy: 'cloudtrail.amazonaws.com' },
    name: 'service:cloudtrail.amazonaws.com',
    tagged: 'no',
    member: false,
    bySCP: 'no',
    itself: 'service',
    mayForward: 'nobody',
  },
} as const satisfies Record<string, Caller>;

/** A way to S3, and whether it is trusted. */
const ways = {
  trustedEndpoint: {
    fields: { vpcEndpointId: 'vpce-0a0a0a0a', sourceIPAddress: '10.0.0.5' },
    network: `vpc ${trustedVpc}`,
    trusted: 'yes',
  },
  otherEndpoint: { fields: { vpcEndpointId: 'vpce-0b0b0b0b', sourceIPAddress: '10.9.0.5' }, network: `vpc ${otherVpc}`, trusted: 'no' },
  strangeEndpoint: {
    fields: { vpcEndpointId: 'vpce-0c0c0c0c', sourceIPAddress: '10.7.0.5' },
    network: 'unknown vpce-0c0c0c0c',
    trusted: 'maybe',
  },
  office: { fields: { sourceIPAddress: '192.0.2.77' }, network: 'ip 192.0.2.77', trusted: 'yes' },
  nat: { fields: { sourceIPAddress: '203.0.113.9' }, network: 'ip 203.0.113.9', trusted: 'no' },
  internet: { fields: { sourceIPAddress: '198.51.100.44' }, network: 'ip 198.51.100.44', trusted: 'no' },
  internet6: { fields: { sourceIPAddress: '2001:db8::44' }, network: 'ip 2001:db8::44', trusted: 'no' },
  private: { fields: { sourceIPAddress: '10.3.3.3' }, network: 'unknown 10.3.3.3', trusted: 'maybe' },
} as const satisfies Record<string, { readonly fields: object; readonly network: string; readonly trusted: Answer }>;

/** An AWS service between caller and S3; only for those that services may call with. */
const services = { forwarding: 'athena.amazonaws.com', assuming: 'firehose.amazonaws.com' } as const;

const events = ['GetObject', 'HeadObject', 'PutObject', 'ListObjects', 'DeleteObject', 'UploadPart'] as const;
const codes = [undefined, undefined, 'NoSuchKey', 'NotModified', 'PreconditionFailed', 'AccessDenied'] as const;
const buckets = ['quilt-data', 'quilt-test', 'somebody-elses'] as const;

export interface Call {
  readonly caller: keyof typeof callers;
  readonly way: keyof typeof ways;
  readonly service: keyof typeof services | null;
  readonly bucket: (typeof buckets)[number];
  readonly event: (typeof events)[number];
  readonly error: (typeof codes)[number];
  /** Minutes after the first of May. */
  readonly minute: number;
}

const keysOf = <T extends object>(of: T): readonly (keyof T)[] => Object.keys(of) as (keyof T)[];

export const calls: fc.Arbitrary<Call> = fc
  .record({
    caller: fc.constantFrom(...keysOf(callers)),
    way: fc.constantFrom(...keysOf(ways)),
    service: fc.constantFrom(null, null, null, ...keysOf(services)),
    bucket: fc.constantFrom(...buckets),
    event: fc.constantFrom(...events),
    error: fc.constantFrom(...codes),
    minute: fc.integer({ min: 0, max: 3 * 24 * 60 - 1 }),
  })
  .map((call) => (callers[call.caller].mayForward === 'nobody' ? { ...call, service: null } : call));

/** What AWS and files tell of those callers. */
export const worldOfTrails = (): AssessWorld => {
  const trustedServices = [services.assuming];
  return aWorld({
    otherTags: null,
    principals: new Map([
      [reader, { tags: {}, trustedServices }],
      [exempt, { tags: { NetworkRestrictedExempt: 'false' }, trustedServices }],
      [untold, { tags: null, trustedServices }],
      [linked, { tags: {}, trustedServices: null }],
      [ann, { tags: {}, trustedServices: null }],
    ]),
    namedTags: new Map([
      [roleArn('Partner', partner), {}],
      [roleArn('Admin', management), {}],
      [roleArn('Tagged', stranger), { networkrestrictedexempt: 'x' }],
    ]),
  });
};

const and = (...answers: readonly Answer[]): Answer => (answers.includes('no') ? 'no' : answers.includes('maybe') ? 'maybe' : 'yes');
const or = (...answers: readonly Answer[]): Answer => (answers.includes('yes') ? 'yes' : answers.includes('maybe') ? 'maybe' : 'no');
const not = (answer: Answer): Answer => (answer === 'yes' ? 'no' : answer === 'no' ? 'yes' : 'maybe');

/** E19: what the perimeter will say, and where the call is counted. */
export function truthOf(call: Call): { readonly row: string | null; readonly refused: boolean } {
  if (call.bucket === 'somebody-elses') return { row: null, refused: false };
  if (call.error === 'AccessDenied') return { row: null, refused: true };
  const caller: Caller = callers[call.caller];
  const way = ways[call.way];
  const viaRole = call.service === 'assuming' && caller.mayForward === 'role';
  const forwarded: Answer = call.service !== null && !viaRole ? 'yes' : 'no';
  const trusted: Answer = call.service === null ? way.trusted : 'no';
  const serviceItself: Answer = caller.itself === 'service' ? 'yes' : 'no';
  const outside = and(not(trusted), not(forwarded), not(serviceItself));
  const network = and(outside, not(caller.tagged));
  const scp = and(caller.bySCP, network);
  // The bucket policy binds everybody, and a stranger's tag is worth nothing in it (K15).
  const bucket = call.bucket === 'quilt-test' ? or(network, caller.member ? 'no' : outside) : 'no';
  const denied = or(scp, bucket);
  const verdict = denied === 'yes' ? 'newly-denied' : denied === 'no' ? 'passes' : 'unknown';
  const service = call.service === null ? null : services[call.service];
  const from = caller.itself === 'service' ? `service ${serviceSource(call)}` : service === null ? way.network : `service ${service}`;
  return { row: [caller.name, from, service, call.bucket, verdict].join(' | '), refused: false };
}

const serviceSource = (call: Call): string => ways[call.way].fields.sourceIPAddress;

/** The call as CloudTrail records it. */
export function recordOf(call: Call, id: number): object {
  const { identity } = callers[call.caller];
  const service = call.service === null ? null : services[call.service];
  return {
    eventVersion: '1.11',
    userIdentity: service === null ? identity : { ...identity, invokedBy: service },
    eventTime: new Date(Date.parse('2026-05-01T00:00:00Z') + call.minute * 60_000).toISOString().replace('.000Z', 'Z'),
    eventSource: 's3.amazonaws.com',
    eventName: call.event,
    awsRegion: 'us-east-1',
    ...(service === null ? ways[call.way].fields : { sourceIPAddress: service }),
    userAgent: '[aws-sdk-java/2.20]',
    ...(call.error === undefined ? {} : { errorCode: call.error, errorMessage: 'told' }),
    requestParameters: { bucketName: call.bucket, Host: `${call.bucket}.s3.us-east-1.amazonaws.com`, key: `data/${id}.csv` },
    additionalEventData: { SignatureVersion: 'SigV4', AuthenticationMethod: 'AuthHeader' },
    eventID: `0000${id}`,
    readOnly: true,
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${call.bucket}/data/${id}.csv` },
      { accountId: quilt, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${call.bucket}` },
    ],
    eventType: 'AwsApiCall',
    managementEvent: false,
    recipientAccountId: quilt,
    eventCategory: 'Data',
  };
}

/** Writes the calls as a trail's folder, three files, with what else lies there: a digest, an insight, another tool's file. */
export function writeTrail(dir: string, made: readonly Call[]): void {
  const day = join(dir, 'AWSLogs', quilt, 'CloudTrail', 'us-east-1', '2026', '05', '03');
  mkdirSync(day, { recursive: true });
  const records = made.map(recordOf);
  for (const part of [0, 1, 2]) {
    const file = join(day, `${quilt}_CloudTrail_us-east-1_20260503T0${part}00Z_AbCdEfGhIjKlMn0${part}.json.gz`);
    writeFileSync(file, gzipSync(JSON.stringify({ Records: records.filter((_, index) => index % 3 === part) })));
  }
  const digests = join(dir, 'AWSLogs', quilt, 'CloudTrail-Digest', 'us-east-1', '2026', '05', '03');
  mkdirSync(digests, { recursive: true });
  writeFileSync(
    join(digests, `${quilt}_CloudTrail-Digest_us-east-1_trail_us-east-1_20260503T000000Z.json.gz`),
    gzipSync('{"logFiles":[]}'),
  );
  const insights = join(dir, 'AWSLogs', quilt, 'CloudTrail-Insight', 'us-east-1', '2026', '05', '03');
  mkdirSync(insights, { recursive: true });
  const insight = { ...recordOf({ ...exampleCall, caller: 'reader' }, 0), eventType: 'AwsCloudTrailInsight', eventCategory: 'Insight' };
  writeFileSync(
    join(insights, `${quilt}_CloudTrail-Insight_us-east-1_20260503T0000Z_AbCdEfGhIjKlMnOp.json.gz`),
    gzipSync(JSON.stringify({ Records: [insight] })),
  );
  writeFileSync(join(dir, 'readme.txt'), 'not a log');
}

const exampleCall: Call = {
  caller: 'reader',
  way: 'internet',
  service: null,
  bucket: 'quilt-data',
  event: 'GetObject',
  error: undefined,
  minute: 0,
};
