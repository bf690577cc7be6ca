// Trails to measure with: records as CloudTrail writes them for calls to S3, about 1.6 kB each, the same for the same seed.
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const perFile = 5000;
const upperAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const hex = '0123456789abcdef';
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const accounts = ['111122223333', '444455556666', '777788889999'];
const regions = ['eu-central-1', 'eu-central-1', 'eu-central-1', 'us-east-1'];
const agents = [
  '[aws-sdk-java/2.25.60 Linux/5.10.218 Java/17.0.11 exec-env/AWS_ECS_FARGATE]',
  '[Boto3/1.34.131 md/Botocore#1.34.131 os/linux lang/python#3.11.9 exec-env/AWS_Lambda_python3.11]',
  '[aws-cli/2.17.0 os/linux md/arch#x86_64 lang/python#3.11.8 md/command#s3.cp]',
];
const calls = ['GetObject', 'GetObject', 'GetObject', 'GetObject', 'HeadObject', 'PutObject', 'ListObjects', 'GetBucketLocation'];

/** Numbers that look random, from 0 to below `n`: the same ones for the same seed. */
function dice(seed) {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

const letters = (alphabet, length, roll) => {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet[roll(alphabet.length)];
  return text;
};
const uuid = (roll) => [8, 4, 4, 4, 12].map((length) => letters(hex, length, roll)).join('-');
const two = (n) => String(n).padStart(2, '0');

/** Roles that call, each from a few networks and with a session for every few hundred calls. */
function casts(roll, sessions) {
  return Array.from({ length: 40 }, (_, n) => {
    const account = accounts[n % 10 === 9 ? 1 + roll(2) : 0];
    const id = `AROA${letters(upperAndDigits, 17, roll)}`;
    const name = `quilt-${['Registry', 'PkgPush', 'Indexer', 'ManifestLambda', 'Analyst'][n % 5]}-${letters(upperAndDigits, 6, roll)}`;
    const inside = n % 4 !== 3;
    return {
      ...{ account, id, name, inside, agent: agents[n % agents.length] },
      addresses: Array.from({ length: 3 }, () => (inside ? `10.0.${roll(16)}.${roll(250)}` : `203.0.113.${roll(250)}`)),
      buckets: Array.from({ length: 4 }, () => `quilt-${['raw', 'results', 'archive', 'public', 'staging'][roll(5)]}-${roll(12)}`),
      sessions: Array.from({ length: sessions }, () => ({ key: `ASIA${letters(upperAndDigits, 16, roll)}`, name: letters(hex, 17, roll) })),
    };
  });
}

function record(cast, time, progress, roll) {
  const { account, id, name, inside, agent } = cast;
  // Sessions follow one another; about three are in use at a time.
  const session = cast.sessions[Math.min(cast.sessions.length - 1, Math.floor(progress * cast.sessions.length) + roll(3))];
  const region = regions[roll(regions.length)];
  const bucket = cast.buckets[roll(cast.buckets.length)];
  const call = calls[roll(calls.length)];
  const key = `packages/${letters(hex, 2, roll)}/${letters(hex, 16, roll)}.parquet`;
  const host = `${bucket}.s3.${region}.amazonaws.com`;
  const other = roll(100);
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `${id}:${session.name}`,
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${session.name}`,
      accountId: account,
      accessKeyId: session.key,
      sessionContext: {
        sessionIssuer: { type: 'Role', principalId: id, arn: `arn:aws:iam::${account}:role/${name}`, accountId: account, userName: name },
      },
    },
    eventTime: time,
    eventSource: other < 4 ? 'kms.amazonaws.com' : 's3.amazonaws.com',
    eventName: other < 4 ? 'Decrypt' : call,
    awsRegion: region,
    sourceIPAddress: cast.addresses[roll(cast.addresses.length)],
    userAgent: agent,
    ...(other > 96 ? { errorCode: other === 99 ? 'AccessDenied' : 'NoSuchKey', errorMessage: 'The specified key does not exist.' } : {}),
    requestParameters: { bucketName: bucket, key },
    responseElements: null,
    additionalEventData: {
      SignatureVersion: 'SigV4',
      bytesTransferredIn: 0,
      SSEApplied: 'SSE_S3',
      AuthenticationMethod: 'AuthHeader',
      'x-amz-id-2': letters(base64, 76, roll),
      bytesTransferredOut: roll(1e7),
    },
    requestID: letters(upperAndDigits, 16, roll),
    eventID: uuid(roll),
    readOnly: call !== 'PutObject',
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${key}` },
      { accountId: accounts[0], type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
    ],
    eventType: 'AwsApiCall',
    managementEvent: false,
    recipientAccountId: account,
    ...(account === accounts[0] ? {} : { sharedEventID: uuid(roll) }),
    ...(inside ? { vpcEndpointId: 'vpce-0123456789abcdef0', vpcEndpointAccountId: account } : {}),
    eventCategory: 'Data',
    tlsDetails: { tlsVersion: 'TLSv1.3', clientProvidedHostHeader: host },
  });
}

/** Writes `events` records into `folder`, 5,000 a file, in CloudTrail's layout; the bytes that they have unpacked. */
export async function writeTrail(folder, { events, seed }) {
  const roll = dice(seed);
  const cast = casts(roll, Math.max(3, Math.ceil(events / 40 / 300)));
  let bytes = 0;
  for (let file = 0; file * perFile < events; file++) {
    const day = two(1 + Math.floor((file * perFile * 28) / events));
    const dir = join(folder, `AWSLogs/${accounts[0]}/CloudTrail/eu-central-1/2026/11/${day}`);
    const text = function* () {
      yield '{"Records":[';
      for (let n = 0; n < Math.min(perFile, events - file * perFile); n++) {
        const second = Math.floor((n * 3600) / perFile);
        const time = `2026-11-${day}T${two(file % 24)}:${two(Math.floor(second / 60))}:${two(second % 60)}Z`;
        const next = `${n === 0 ? '' : ','}${record(cast[roll(cast.length)], time, (file * perFile + n) / events, roll)}`;
        bytes += next.length;
        yield next;
      }
      yield ']}';
    };
    mkdirSync(dir, { recursive: true });
    const name = `${accounts[0]}_CloudTrail_eu-central-1_202611${day}T${two(file % 24)}05Z_${String(file).padStart(16, '0')}.json.gz`;
    await pipeline(Readable.from(text(), { objectMode: false, highWaterMark: 1 << 16 }), createGzip(), createWriteStream(join(dir, name)));
  }
  return bytes;
}
