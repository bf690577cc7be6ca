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
 * Measures for about `seconds` in all, on this thread alone, by its processor time. Answers decisions a second as medians over
 * rounds: of requests of which everything is known, of the same where the principal's tags are not, and of the peer; and the
 * median of the rounds' ratios to the peer.
 */
export async function benchEvaluator({ seconds = 6 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'quilt-perimeter-bench-'));
  try {
    const { judge } = await built(folder, 'judge');
    const { scpDocument } = await built(folder, 'perimeter');
    const scp = scpDocument(spec);
    const [known, open] = [requests([]), requests(['aws:PrincipalTag/*'])];
    const own = (request) => judge(request, { scp, bucket: null }).verdict === 'passes';
    // Another object each time is another document: nothing of it is remembered.
    const anew = (request) => judge(request, { scp: { ...scp }, bucket: null }).verdict === 'passes';
    const each = (seconds * 1000) / (3 * (rounds + 1));
    const all = Array.from({ length: rounds + 1 }, () => ({
      own: rateOf(own, known, each),
      open: rateOf(own, open, each, 50),
      peer: rateOf(anew, known, each, 50),
    }));
    // The first round is the compiler's.
    const counted = all.slice(1);
    return {
      decisionsPerSecond: median(counted.map((round) => round.own)),
      openDecisionsPerSecond: median(counted.map((round) => round.open)),
      peerPerSecond: median(counted.map((round) => round.peer)),
      ratio: median(counted.map((round) => round.own / round.peer)),
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

/** Answers a second, by the processor time of this process, looked at after every `batch`. */
function rateOf(ask, requests, milliseconds, batch = 5_000) {
  const begun = process.cpuUsage();
  const most = milliseconds * 1000;
  let asked = 0;
  let passed = 0;
  let used = 0;
  while (used < most || asked < requests.length) {
    for (let i = 0; i < batch; i++) if (ask(requests[asked++ % requests.length])) passed++;
    const { user, system } = process.cpuUsage(begun);
    used = user + system;
  }
  if (passed === 0 || passed === asked) throw new Error('measuring the evaluator: every answer is the same');
  return (asked * 1e6) / used;
}

/** Texts as they come out of a file. */
const requests = (unknown) => JSON.parse(JSON.stringify(Array.from({ length: 1_000 }, (_, index) => requestOf(index, unknown))));

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
function requestOf(index, unknown) {
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
    unknown,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { decisionsPerSecond, openDecisionsPerSecond, peerPerSecond, ratio } = await benchEvaluator();
  const row = (what, value) => console.log(`${what.padEnd(48)}${value.padStart(12)}`);
  const whole = (value) => Math.round(value).toLocaleString('en-US');
  row("the perimeter's statement, one core", 'decisions/s');
  row('everything known', whole(decisionsPerSecond));
  row("the principal's tags not known", whole(openDecisionsPerSecond));
  row('everything known, the policy read anew each time', whole(peerPerSecond));
  row('the first by the last', `${ratio.toFixed(1)} ×`);
}
