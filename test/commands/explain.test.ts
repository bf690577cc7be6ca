import { GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import { readDeniedMessage } from '../../src/aws/denied-message.ts';
import { askedRequest, type Question } from '../../src/commands/asked-request.ts';
import { explained } from '../../src/commands/explain-request.ts';
import type { Explanation } from '../../src/commands/explanation.ts';
import type { KnownPerimeter, Online } from '../../src/commands/perimeter-say.ts';
import { perimeterSpec } from '../../src/steps/perimeter-spec.ts';
import { plainPaint } from '../../src/ui/paint.ts';
import { renderExplanation } from '../../src/ui/render-explanation.ts';
import { scenarioInput, WholeRun } from '../support/whole-run.ts';

const account = '444455556666';
const scientist = `arn:aws:iam::${account}:role/DataScientist`;
const bucket = `quilt-raw-data-${account}`;
const testBucket = `quilt-perimeter-test-${account}`;

let run: WholeRun;
let perimeter: KnownPerimeter;
let online: Online;
let vpc = '';
let vpn = '';

beforeAll(async () => {
  run = await WholeRun.on('greenfield');
  const summary = await run.apply({ accept: ['QP413', 'QP310'] });
  expect(summary.outcome).toBe('done');
  run.sandbox.clock.advance(600_000);
  await read();
});

async function read(): Promise<void> {
  const input = await scenarioInput(run.sandbox);
  online = { input, survey: input.landscape.survey, session: { ctx: run.sandbox.context } };
  perimeter = { spec: perimeterSpec(input), testBucket, targets: input.choices.targets, online };
  vpc = input.choices.vpc;
  [vpn = ''] = input.choices.trustedVpcs;
}

const ask = async (question: Partial<Question>, live = false): Promise<Explanation> =>
  explained(
    perimeter,
    online,
    await askedRequest({ as: scientist, from: null, to: `${bucket}/a b.csv`, action: null, tags: [], ...question }, online),
    live,
  );

const subnet = (name: string): string => online.survey.subnets.find((each) => each.name === name)?.id ?? name;
const decided = ({ policies }: Explanation): readonly string[] =>
  policies.flatMap(({ statements }) =>
    statements.flatMap(({ clauses }) => clauses.filter(({ truth }) => truth === 'fails').map(({ key }) => key)),
  );

describe('the table E19, on what is attached and on what would be', () => {
  test.each<readonly [string, () => Partial<Question>, Explanation['said']['verdict'], string | null]>([
    ['through an endpoint of a trusted VPC', () => ({ from: vpc }), 'passes', 'aws:SourceVpc'],
    ['through that of the VPN', () => ({ from: vpn }), 'passes', 'aws:SourceVpc'],
    ['through an endpoint of another VPC', () => ({ from: 'vpc-0123456789abcdef0' }), 'denied', null],
    ['from the Internet, address not listed', () => ({ from: '203.0.113.50' }), 'denied', null],
    ['from the Internet, address listed', () => ({ from: '198.51.100.10' }), 'passes', 'aws:SourceIp'],
    ['from the Internet over IPv6', () => ({ from: '2001:db8::7' }), 'denied', null],
    ['by a service principal', () => ({ as: 'service:logging.s3' + '.amazonaws.com' }), 'passes', null],
    ['by Athena on behalf of the caller', () => ({ from: 'service:athena' }), 'passes', 'aws:ViaAWSService'],
    [
      'by a tagged principal',
      () => ({ from: '203.0.113.50', tags: ['NetworkRestrictedExempt=no'] }),
      'passes',
      'aws:PrincipalTag/NetworkRestrictedExempt',
    ],
    [
      'by a role that IAM says is tagged',
      () => ({ as: `arn:aws:sts::${account}:assumed-role/BreakGlass/x`, from: '203.0.113.50' }),
      'passes',
      'aws:PrincipalTag/NetworkRestrictedExempt',
    ],
    ['anonymously, to a bucket without the bucket policy', () => ({ as: 'anonymous', from: '203.0.113.50' }), 'passes', null],
    ['anonymously, to the test bucket', () => ({ as: 'anonymous', from: '203.0.113.50', to: `${testBucket}/k` }), 'denied', null],
    ['by the management account', () => ({ as: 'arn:aws:iam::111122223333:role/OrganizationAdmin', from: '203.0.113.50' }), 'passes', null],
    [
      'by another account of the organization',
      () => ({ as: 'arn:aws:iam::555566667777:role/x', from: '203.0.113.50', tags: ['a=b'] }),
      'passes',
      null,
    ],
    [
      'by that account, to the test bucket',
      () => ({ as: 'arn:aws:iam::555566667777:role/x', from: '203.0.113.50', tags: ['a=b'], to: testBucket }),
      'denied',
      null,
    ],
    [
      'by a tagged stranger, to the test bucket',
      () => ({ as: 'arn:aws:iam::999988887777:role/x', from: '203.0.113.50', tags: ['NetworkRestrictedExempt=x'], to: testBucket }),
      'denied',
      null,
    ],
    ['from somewhere', () => ({}), 'unknown', null],
    ['to a bucket outside the pattern', () => ({ from: '203.0.113.50', to: `corp-terraform-state-${account}/x` }), 'passes', null],
  ])('%s', async (_, question, verdict, key) => {
    const explanation = await ask(question());
    expect(explanation.said.verdict).toBe(verdict);
    if (key !== null) expect(decided(explanation)).toContain(key);
    if (verdict === 'unknown') expect(explanation.said.dependsOn).toEqual(['aws:SourceIp', 'aws:SourceVpc']);
    // Without a bucket policy that names them, strangers get nothing; apart from that, what stands says the same.
    const live = (await ask(question(), true)).said;
    expect(live.verdict === 'denied' && live.deniedBy.some(({ index }) => index === null) ? verdict : live.verdict).toBe(verdict);
  });
});

describe('where a request comes from', () => {
  test('a subnet comes by the endpoint that its table leads to, or by its NAT gateway to another Region', async () => {
    const there = await ask({ from: subnet('quilt-private-a') });
    expect(there.said.verdict).toBe('passes');
    expect(there.request.context['aws:SourceVpc']).toBe(vpc);
    expect(there.network).toMatch(/by S3 gateway endpoint vpce-/);
    expect(there.request.context['aws:SourceVpce']).toMatch(/^vpce-/);
    const intra = await ask({ from: subnet('quilt-intra-a') });
    expect(intra.notes.join()).toContain('ends in a timeout');
  });

  test.each([
    ['10.0.0.7', 'S3 never sees it, since 10.0.0.0/8 (RFC 1918) is private'],
    ['fd00::1', 'S3 never sees it, since fc00::/7 (unique local) is private'],
    ['vpc-1', 'expected a VPC id'],
    ['subnet-0123456789abcdef0', 'it is not in us-east-1'],
    ['nowhere', 'expected a VPC id, a subnet id, a public address or service:NAME'],
  ])('--from %s is refused', async (from, problem) => {
    await expect(ask({ from })).rejects.toMatchObject({ kind: 'input', summary: expect.stringContaining(problem) });
  });

  test.each<readonly [Partial<Question>, string]>([
    [{ as: 'ana' }, 'reading --as (ana)'],
    [{ to: 'X' }, 'reading --to (X)'],
    [{ action: 'GetObject' }, 'reading --action (GetObject)'],
    [{ tags: ['x'] }, 'reading --tag (x)'],
    [{ as: 'service:a', from: '203.0.113.50' }, "comes from the service's own network"],
  ])('%j is refused', async (question, problem) => {
    await expect(ask(question)).rejects.toMatchObject({ kind: 'input', summary: expect.stringContaining(problem) });
  });

  test('what is not said is the operator, with the tags that IAM tells, and the action that fits', async () => {
    const { request } = await ask({ as: null, to: bucket });
    expect(request).toMatchObject({ principal: online.survey.quilt.arn, action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` });
    expect((await ask({ as: 'arn:aws:iam::999988887777:role/x' })).request.unknown).toContain('aws:PrincipalTag/*');
  });
});

describe('ways to pass', () => {
  test('from outside: the trusted VPCs, the trusted addresses, trusting the address, the tag', async () => {
    const { ways } = await ask({ from: '203.0.113.50' });
    expect(ways.map(({ kind }) => kind)).toEqual(['move', 'address', 'trust-cidr', 'tag']);
    expect(ways.map(({ command }) => command)).toContain('--trusted-cidr 203.0.113.50/32');
    expect(ways[0]?.summary).toContain(vpc);
  });

  test('of what does not help, nothing is offered', async () => {
    const tagged = { as: 'arn:aws:iam::999988887777:role/x', tags: ['NetworkRestrictedExempt=x'], to: testBucket, from: '203.0.113.50' };
    expect((await ask(tagged)).ways.map(({ kind }) => kind)).toEqual(['move', 'address', 'trust-cidr']);
    expect((await ask({ from: '203.0.113.50' }, true)).ways.map(({ kind }) => kind)).toEqual(['move', 'address', 'tag']);
    expect((await ask({ from: vpc })).ways).toEqual([]);
    const identityCenter = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_1`;
    expect((await ask({ as: identityCenter, from: '203.0.113.50', tags: ['a=b'] })).ways.map(({ kind }) => kind)).not.toContain('tag');
  });
});

describe('what is attached now', () => {
  test('a policy that cannot be read is named, and leaves the verdict open', async () => {
    const refusing: Online = {
      ...online,
      session: { ctx: { ...run.sandbox.context, aws: await run.sandbox.clientsAs('vpnUser') } },
    };
    const asked = await askedRequest({ as: scientist, from: vpc, to: `${bucket}/k`, action: null, tags: [] }, refusing);
    const { said, policies } = await explained(perimeter, refusing, asked, true);
    expect(said.verdict).toBe('unknown');
    expect(policies.find(({ policyType }) => policyType === 'resource')?.aside).toContain('s3:GetBucketPolicy');
  });

  test('is what S3 answers to each of the scenario’s people, at home and elsewhere, and each of its refusals is read', async () => {
    const world = run.sandbox.world();
    const kinds: (string | null)[] = [];
    for (const [identity, key] of Object.entries(world.identities)) {
      const caller = world.accessKeys[key];
      if (caller === undefined) continue;
      const aws = await run.sandbox.clientsAs(identity);
      for (const network of [caller.network, { publicIp: '203.0.113.50' }]) {
        if (!('publicIp' in network) && !('vpcId' in network)) continue;
        const from = 'publicIp' in network ? network.publicIp : (network.subnetId ?? network.vpcId);
        for (const name of [bucket, testBucket, `corp-terraform-state-${account}`]) {
          world.accessKeys[key] = { ...caller, network };
          const message = await aws.s3.send(new GetObjectCommand({ Bucket: name, Key: 'none' })).then(
            () => '',
            (error: Error) => `${error.name}: ${error.message}`,
          );
          world.accessKeys[key] = caller;
          const read = readDeniedMessage(message);
          // Of another account's role IAM tells nothing here.
          const tags = caller.accountId === account ? [] : ['team=none'];
          const { said } = await ask({ as: caller.arn, from, to: `${name}/none`, tags }, true);
          const explicit = said.verdict === 'denied' && said.deniedBy.every(({ index }) => index !== null);
          // Strangers are told nothing.
          if (read?.principal !== null)
            expect({ identity, from, name, explicit }).toEqual({ identity, from, name, explicit: read?.explicit === true });
          if (read?.explicit !== true) continue;
          expect(said.deniedBy.map(({ policyType }) => policyType)).toContain(read.kind);
          expect(read).toMatchObject({ principal: caller.arn, action: 's3:GetObject', resource: `arn:aws:s3:::${name}/none` });
          kinds.push(read.kind);
        }
      }
    }
    expect(new Set(kinds)).toEqual(new Set(['scp', 'resource']));
  });
});

describe('the picture', () => {
  test('shows each condition with a sign, what the request has there, and what decides', async () => {
    const page = { paint: plainPaint, width: 80, verbose: false, plain: false };
    const text = renderExplanation(await ask({ from: '198.51.100.10' }), page);
    expect(text).toMatch(/^Passes: s3:GetObject\n/);
    expect(text).toContain('✗ aws:SourceIp lies outside 198.51.100.0/24, or is absent\n        request: 198.51.100.10 ← decides');
    expect(text).toContain('✓ aws:PrincipalTag/NetworkRestrictedExempt is absent\n        request: absent');
    const denied = renderExplanation(await ask({ from: '203.0.113.50' }), page);
    expect(denied).not.toContain('← decides');
    expect(denied).toContain('All conditions hold of QuiltPerimeterNetwork of SCP QuiltDataPerimeter.');
    expect(denied).toContain('       --trusted-cidr 203.0.113.50/32');
    for (const line of [...text.split('\n'), ...denied.split('\n')])
      if (!line.includes('aws iam')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
