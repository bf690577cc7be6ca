#!/usr/bin/env node
// How many decisions of the perimeter's statement one core makes a second, as a replay asks for them, beside the same
// questions put to the same evaluator while it reads the policy anew each time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const policyFolder = fileURLToPath(new URL('../src/policy', import.meta.url));

/**
 * Measures for about `seconds` in all, on this thread alone. Answers decisions a second as the median over rounds, the peer's
 * beside it, and the median of the rounds' ratios.
 */
export async function benchEvaluator({ seconds = 6 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'quilt-perimeter-bench-'));
  try {
    const { judge } = await built(folder, 'judge');
    const { scpDocument } = await built(folder, 'perimeter');
    const scp = scpDocument(spec);
    const requests = JSON.parse(JSON.stringify(Array.from({ length: 1_000 }, (_, index) => requestOf(index))));
    const own = (request) => judge(request, { scp, bucket: null }).verdict === 'denied';
    // Another object each time is another document: nothing of it is remembered.
    const peer = (request) => judge(request, { scp: { ...scp }, bucket: null }).verdict === 'denied';
    const each = (seconds * 1000) / (2 * (rounds + 1));
    const pairs = Array.from({ length: rounds + 1 }, () => ({ own: rateOf(own, requests, each), peer: rateOf(peer, requests, each) }));
    // The first round is the compiler's.
    const counted = pairs.slice(1);
    return {
      decisionsPerSecond: median(counted.map((pair) => pair.own)),
      peerPerSecond: median(counted.map((pair) => pair.peer)),
      ratio: median(counted.map((pair) => pair.own / pair.peer)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rounds = 5;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function built(folder, name) {
  const build = await rolldown({ input: { [name]: join(policyFolder, `${name}.ts`) }, platform: 'node', logLevel: 'silent' });
  await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' });
  await build.close();
  return import(pathToFileURL(join(folder, `${name}.mjs`)).href);
}

/** Answers a second, by the processor time of this process. */
function rateOf(ask, requests, milliseconds) {
  const begun = process.cpuUsage();
  const most = milliseconds * 1000;
  let asked = 0;
  let denied = 0;
  let used = 0;
  while (used < most) {
    for (let i = 0; i < 5_000; i++) if (ask(requests[asked++ % requests.length])) denied++;
    const { user, system } = process.cpuUsage(begun);
    used = user + system;
  }
  if (denied === 0 || denied === asked) throw new Error('measuring the evaluator: every answer is the same');
  return (asked * 1e6) / used;
}

const spec = {
  partition: 'aws',
  buckets: ['quilt*'],
  trustedVpcs: ['vpc-0a1b2c3d4e5f60718', 'vpc-18273645546372819'].map((id) => ({
    id,
    arn: `arn:aws:ec2:us-east-1:111122223333:vpc/${id}`,
  })),
  vpcKey: 'id',
  trustedCidrs: ['192.0.2.0/24', '203.0.113.0/24'],
  exemptTag: 'NetworkRestrictedExempt',
  resourceAccounts: [],
  accessPoints: false,
  protectExemptTag: null,
  organizationId: null,
  expires: null,
};

const account = '111122223333';

/** What a replay makes of an access path: 400 roles, five networks, a few hundred addresses. */
function requestOf(index) {
  const role = `Service${index % 400}`;
  const networks = [
    { 'aws:SourceVpc': 'vpc-0a1b2c3d4e5f60718', 'aws:SourceVpce': 'vpce-0f00ba40c0ffee123', 'aws:VpcSourceIp': `10.0.3.${index % 250}` },
    { 'aws:SourceVpc': 'vpc-0123456789abcdef0', 'aws:SourceVpce': 'vpce-0123456789abcdef0', 'aws:VpcSourceIp': `10.9.3.${index % 250}` },
    { 'aws:SourceIp': `203.0.113.${index % 250}` },
    { 'aws:SourceIp': `198.51.${index % 7}.${index % 250}` },
    { 'aws:ViaAWSService': true, 'aws:CalledVia': ['athena.amazonaws.com'], 'aws:SourceIp': `198.51.100.${index % 250}` },
  ];
  return {
    principal: `arn:aws:iam::${account}:role/quilt/${role}`,
    action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'][index % 3],
    resource: `arn:aws:s3:::quilt-data-${index % 40}/team/package/${index}/object.parquet`,
    resourceAccount: account,
    context: {
      'aws:RequestedRegion': 'us-east-1',
      'aws:PrincipalOrgID': 'o-exampleorgid',
      'aws:ResourceAccount': account,
      'aws:PrincipalTag/team': `team-${index % 12}`,
      ...(index % 11 === 0 ? { 'aws:PrincipalTag/NetworkRestrictedExempt': 'true' } : {}),
      ...networks[(index * 7) % networks.length],
    },
    unknown: index % 13 === 0 ? ['aws:PrincipalTag/*'] : [],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { decisionsPerSecond, peerPerSecond, ratio } = await benchEvaluator();
  const whole = (value) => Math.round(value).toLocaleString('en-US').padStart(11);
  console.log(`the perimeter's statement, on one core${' '.repeat(9)}decisions/s`);
  console.log(`compiled once                        ${whole(decisionsPerSecond)}`);
  console.log(`read anew for each request           ${whole(peerPerSecond)}`);
  console.log(`ratio                                ${ratio.toFixed(1).padStart(11)}`);
}
