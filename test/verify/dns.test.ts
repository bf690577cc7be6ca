// Where names of S3 and of the API lead, by a DNS server that answers as a test says, and what AWS would therefore see.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { World } from '../../src/sandbox/world.ts';
import type { Choices } from '../../src/steps/choices.ts';
import type { Check } from '../../src/verify/check.ts';
import { dnsChecks } from '../../src/verify/dns.ts';
import { namesBy } from '../../src/verify/resolver.ts';
import { type DnsServer, serveDns, type Told } from '../support/dns-server.ts';
import { scenarioInput } from '../support/whole-run.ts';
import { appliedWorld, sandboxOf } from './applied.ts';

const account = '444455556666';
const testBucket = `quilt-perimeter-test-${account}`;
const office = '198.51.100.10';
const s3Public = '52.216.0.10';
const isApi = (name: string): boolean => name.includes('.execute-api.');
const isGlobal = (name: string): boolean => name.endsWith('s3.amazonaws.com');

let applied: { readonly world: World; readonly at: string };
let vpn: Endpoint;
let api: Endpoint;
const servers: DnsServer[] = [];

interface Endpoint {
  readonly id: string;
  readonly vpcId: string;
  readonly addresses: readonly string[];
}

function endpointFor({ ec2 }: World, service: string): Endpoint {
  const found = Object.values(ec2.vpcEndpoints).find(
    ({ serviceName, type }) => serviceName.endsWith(`.${service}`) && type === 'Interface',
  );
  if (found === undefined) throw new Error(`no interface endpoint for ${service}`);
  const addresses = found.networkInterfaceIds.flatMap((id) => ec2.networkInterfaces[id]?.privateIp ?? []);
  return { id: found.id, vpcId: found.vpcId, addresses };
}

beforeAll(async () => {
  applied = await appliedWorld();
  [vpn, api] = [endpointFor(applied.world, 's3'), endpointFor(applied.world, 'execute-api')];
}, 60_000);
afterAll(() => Promise.all(servers.map((server) => server.close())));

interface Given {
  readonly over?: Partial<Choices>;
  readonly mutate?: (world: World) => void;
}

async function asked(answer: (name: string) => Told, { over = {}, mutate = () => undefined }: Given = {}) {
  const server = await serveDns(answer);
  servers.push(server);
  const world = structuredClone(applied.world);
  mutate(world);
  const sandbox = await sandboxOf({ world, at: applied.at });
  const input = await scenarioInput(sandbox, over);
  const checks = await dnsChecks(input, namesBy(server.server, { timeout: 50, tries: 1 }), sandbox.context);
  return { checks, names: server.asked };
}

const statesOf = (checks: readonly Check[]) => Object.fromEntries(checks.map(({ id, state }) => [id.slice('dns/'.length), state]));
const evidenceOf = (checks: readonly Check[], id: string): string => checks.find((check) => check.id === `dns/${id}`)?.evidence ?? '';

const inside = (name: string): Told => (isApi(name) ? api.addresses : vpn.addresses);
const outside = (name: string): Told => (isApi(name) ? ['3.217.0.9'] : [s3Public]);

test('the names are those that clients use', async () => {
  const { names, checks } = await asked(inside);
  const buckets = ['analytics', 'curated-data', 'genomics', 'raw-data', 'service', 'perimeter-test'].map(
    (name) => `quilt-${name}-${account}`,
  );
  const apiId = checks.find(({ id }) => id === 'dns/api')?.subjects[0]?.split('.')[0];
  expect([...names].sort()).toEqual(
    [
      's3.amazonaws.com',
      `${testBucket}.s3.amazonaws.com`,
      's3.us-east-1.amazonaws.com',
      ...buckets.map((name) => `${name}.s3.us-east-1.amazonaws.com`),
      `${apiId}.execute-api.us-east-1.amazonaws.com`,
    ].sort(),
  );
});

describe('private answers', () => {
  test("of a trusted VPC's S3 endpoint and of the API's are right, and the endpoints are named", async () => {
    const { checks } = await asked(inside);
    expect(statesOf(checks)).toEqual({ 's3-global': 'ok', 's3-regional': 'ok', buckets: 'ok', api: 'ok' });
    expect(evidenceOf(checks, 's3-regional')).toBe(
      `by DNS server ${servers.at(-1)?.server}: s3.us-east-1.amazonaws.com: ${vpn.addresses.join(', ')}, private, of S3 interface endpoint ${vpn.id}: S3 sees ${vpn.vpcId}, which the perimeter lets pass`,
    );
    expect(evidenceOf(checks, 'api')).toContain(`private, of API Gateway endpoint ${api.id} in ${api.vpcId}`);
  });

  test('of an S3 endpoint whose VPC is not trusted lead to a refusal', async () => {
    const { checks } = await asked(inside, { over: { trustedVpcs: [] } });
    expect(statesOf(checks)).toEqual({ 's3-global': 'failed', 's3-regional': 'failed', buckets: 'failed', api: 'ok' });
    expect(evidenceOf(checks, 's3-regional')).toContain(`S3 sees ${vpn.vpcId}, which the perimeter denies`);
  });

  test('of no endpoint that can be seen say nothing', async () => {
    const { checks } = await asked(() => ['10.99.0.1', 'fd00::7']);
    expect(new Set(Object.values(statesOf(checks)))).toEqual(new Set(['unknown']));
    expect(evidenceOf(checks, 's3-regional')).toContain('10.99.0.1, fd00::7, private, and of no endpoint of this account');
  });

  test("of another service's endpoint are wrong", async () => {
    const { checks } = await asked((name) => (isApi(name) ? vpn.addresses : api.addresses));
    expect(new Set(Object.values(statesOf(checks)))).toEqual(new Set(['failed']));
    expect(evidenceOf(checks, 'api')).toContain(`of ${vpn.id}, an endpoint for com.amazonaws.us-east-1.s3`);
  });

  test('are unknown where the network interfaces may not be read, and the permission is named', async () => {
    const { checks } = await asked(inside, {
      mutate: (world) => {
        world.iam.deniedActions = { [world.identities.operator ?? '']: ['ec2:DescribeNetworkInterfaces'] };
      },
    });
    expect(new Set(Object.values(statesOf(checks)))).toEqual(new Set(['unknown']));
    expect(evidenceOf(checks, 'buckets')).toContain('ec2:DescribeNetworkInterfaces');
  });

  test("of another API endpoint than the stack's are wrong", async () => {
    const { checks } = await asked(inside, {
      mutate: ({ ec2 }) => {
        const standing = ec2.vpcEndpoints[api.id];
        if (standing === undefined) return;
        delete ec2.vpcEndpoints[api.id];
        ec2.vpcEndpoints['vpce-0other'] = { ...standing, id: 'vpce-0other' };
      },
    });
    expect(statesOf(checks).api).toBe('failed');
    expect(evidenceOf(checks, 'api')).toContain(`vpce-0other in ${api.vpcId}, and the stack names ${api.id}`);
  });
});

describe('public answers', () => {
  test.each<[string, string | null, Check['state'], string]>([
    ['from a trusted address pass', office, 'ok', `public: S3 sees ${office}, which the perimeter lets pass`],
    ['from another address are refused', '203.0.113.50', 'failed', 'public: S3 sees 203.0.113.50, which the perimeter denies'],
    ['from an address that nobody said are unknown', null, 'unknown', 'say it with --operator-ip'],
  ])('%s', async (_what, operatorIp, state, says) => {
    const { checks } = await asked(outside, { over: { operatorIp } });
    expect(statesOf(checks)).toEqual({ 's3-global': state, 's3-regional': state, buckets: state, api: 'failed' });
    expect(evidenceOf(checks, 's3-regional')).toContain(says);
    expect(evidenceOf(checks, 'api')).toContain('a private API answers only through its endpoint');
  });

  test("that are none of S3's in the Region are somebody else's", async () => {
    const { checks } = await asked((name) => (isApi(name) ? api.addresses : ['93.184.216.34']), {
      over: { operatorIp: office },
    });
    expect(statesOf(checks)['s3-regional']).toBe('unknown');
    expect(evidenceOf(checks, 's3-regional')).toContain("none of S3's addresses in us-east-1");
  });
});

describe('split horizon', () => {
  test('inside and outside are answered apart, and each is judged by what it was told', async () => {
    const over = { operatorIp: '203.0.113.50' };
    expect(statesOf((await asked(inside, { over })).checks)).toEqual({ 's3-global': 'ok', 's3-regional': 'ok', buckets: 'ok', api: 'ok' });
    expect(new Set(Object.values(statesOf((await asked(outside, { over })).checks)))).toEqual(new Set(['failed']));
  });

  test('names of which only some are private are told apart', async () => {
    const { checks } = await asked((name) => (isGlobal(name) ? [s3Public] : inside(name)), { over: { operatorIp: '203.0.113.50' } });
    expect(statesOf(checks)).toEqual({ 's3-global': 'failed', 's3-regional': 'ok', buckets: 'ok', api: 'ok' });
  });

  test('a name with a private and a public address is as good as the worse of them, which is told first', async () => {
    const { checks } = await asked((name) => (isApi(name) ? api.addresses : [...vpn.addresses, s3Public]), {
      over: { operatorIp: '203.0.113.50' },
    });
    expect(statesOf(checks)['s3-regional']).toBe('failed');
    expect(evidenceOf(checks, 's3-regional')).toMatch(
      /^by .*: s3\.us-east-1\.amazonaws\.com: 52\.216\.0\.10, public.*\. s3\.us-east-1.*private/,
    );
  });

  test('of the buckets those that are led elsewhere are named first, the others together', async () => {
    const { checks } = await asked((name) => (name.startsWith('quilt-raw') ? ['10.99.0.1'] : inside(name)));
    expect(statesOf(checks).buckets).toBe('unknown');
    expect(evidenceOf(checks, 'buckets')).toMatch(
      /: quilt-raw-data-444455556666\.s3\.us-east-1\.amazonaws\.com: 10\.99\.0\.1, .*and 2 more: 10\./,
    );
  });
});

describe('no answer', () => {
  test.each<[Told, Check['state'], string]>([
    ['no-such-name', 'failed', 'no address (ENOTFOUND)'],
    [[], 'failed', 'no address (ENODATA)'],
    ['server-failure', 'unknown', 'no answer (ESERVFAIL)'],
    ['silence', 'unknown', 'no answer (ETIMEOUT)'],
  ])('%s', async (told, state, says) => {
    const { checks } = await asked(() => told);
    expect(statesOf(checks)).toEqual({ 's3-global': state, 's3-regional': state, buckets: state, api: state });
    expect(evidenceOf(checks, 'api')).toContain(says);
  });
});

test('without private DNS the API is asked for by the name that has the endpoint in it', async () => {
  const { names, checks } = await asked(inside, { over: { privateDns: false } });
  expect(names.filter(isApi)).toEqual([expect.stringMatching(new RegExp(`^[a-z0-9]+-${api.id}\\.execute-api\\.us-east-1`))]);
  expect(statesOf(checks).api).toBe('ok');
});

test('a stack that names no endpoint has no proposition about its API', async () => {
  const { checks } = await asked(inside, {
    mutate: ({ cloudformation }) => {
      for (const { content } of Object.values(cloudformation.stacks)) content.parameters.ApiGatewayVPCEndpointId = '';
    },
  });
  expect(Object.keys(statesOf(checks))).toEqual(['s3-global', 's3-regional', 'buckets']);
});
