// Who works with the buckets of a brownfield company, from where and how: many principals × networks × buckets × calls, by a
// script, so that the same can be done before and after the perimeter is put on.
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { addBucket } from '../../src/sandbox/scenarios/buckets.ts';
import { accounts, addresses } from '../../src/sandbox/scenarios/company.ts';
import { addRole, addUser, handOut, type RoleParts } from '../../src/sandbox/scenarios/identities.ts';
import { addHubNetwork } from '../../src/sandbox/scenarios/quilt-network.ts';
import type { AccessKey, World } from '../../src/sandbox/world.ts';
import { quiltWorld } from './quilt-world.ts';
import type { TestSandbox } from './sandbox.ts';

/** How a replay names principal and network of a player. */
export interface Seen {
  readonly principal: string;
  readonly network: string;
}

export interface Player {
  readonly name: string;
  readonly seen: Seen;
  /** Where the network that S3 sees depends on the bucket's Region. */
  readonly seenElsewhere?: string;
  /** The sandbox's identity; null: unsigned, or presigned by `presignedBy`. */
  readonly identity: string | null;
  readonly presignedBy?: string;
  /** Assumes this role first, with these tags. */
  readonly assumes?: { readonly roleArn: string; readonly tags: { readonly [key: string]: string } };
}

export type CallKind = 'get' | 'head' | 'missing' | 'put' | 'list' | 'head-bucket' | 'location' | 'delete';

const everyCall: readonly CallKind[] = ['get', 'head', 'missing', 'put', 'list', 'head-bucket', 'location', 'delete'];

/** The IAM action of a call. */
export const actionOf: { readonly [kind in CallKind]: string } = {
  get: 's3:GetObject',
  head: 's3:GetObject',
  missing: 's3:GetObject',
  put: 's3:PutObject',
  list: 's3:ListBucket',
  'head-bucket': 's3:ListBucket',
  location: 's3:GetBucketLocation',
  delete: 's3:DeleteObject',
};

export interface Workload {
  readonly players: readonly Player[];
  readonly buckets: readonly { readonly name: string; readonly region: string }[];
}

/** What became of one call: `ok`, or the error's name as the client saw it. */
export interface Outcome {
  readonly player: Player;
  readonly bucket: string;
  readonly kind: CallKind;
  readonly result: string;
}

const account = accounts.quilt;
const elsewhere = addresses.elsewhere;

/** Puts the workload's people, services and buckets into a brownfield world that has not begun. */
export function addWorkload(world: World): Workload {
  const { draft, vpc, vpn, subnets, stack, bucket, testBucket } = quiltWorld(world);
  const open = addBucket(draft, {
    name: `quilt-open-data-${account}`,
    accountId: account,
    objects: { known: 'x' },
    policy: granting(`quilt-open-data-${account}`, '*', ['s3:GetObject', 's3:ListBucket']),
  });
  open.publicAccessBlock = null;
  const shared = bucket('quilt-raw-data');
  const others = {
    AWS: [`arn:aws:iam::${accounts.analytics}:root`, `arn:aws:iam::${accounts.management}:root`, `arn:aws:iam::${accounts.outsider}:root`],
    Service: 'logging.s3.amazonaws.com',
  };
  for (const one of [shared, testBucket]) one.policy = JSON.stringify(granting(one.name, others, 's3:*'));
  const hub = addHubNetwork(draft, accounts.network);
  const buckets = [shared, bucket('quilt-genomics'), open, testBucket, world.s3.buckets[`corp-terraform-state-${account}`]].flatMap(
    (one) => one ?? [],
  );
  const archive = world.s3.buckets[`quilt-archive-${account}`];
  if (archive) buckets.push(archive);
  for (const one of buckets) for (const key of ['known']) one.objects[key] ??= open.objects.known ?? [];

  const [subnetA, , subnetC] = subnets('private');
  const [publicSubnet] = subnets('public');
  const nat = '192.0.2.10';
  const players: Player[] = [];
  const roles = new Map<string, ReturnType<typeof addRole>>();
  const role = (parts: RoleParts, accountId: string = account) => {
    const made = roles.get(`${accountId}/${parts.name}`) ?? addRole(draft, accountId, { administrator: true, ...parts });
    roles.set(`${accountId}/${parts.name}`, made);
    return made;
  };
  const add = (
    name: string,
    principal: Parameters<typeof handOut>[2],
    network: AccessKey['network'],
    seen: Partial<Seen> & { readonly network: string; readonly elsewhere?: string },
  ): void => {
    handOut(draft, name, principal, network);
    players.push({
      name,
      identity: name,
      seen: { principal: seen.principal ?? principal.arn, network: seen.network },
      ...(seen.elsewhere === undefined ? {} : { seenElsewhere: seen.elsewhere }),
    });
  };
  const from = (publicIp: string) => [{ publicIp }, { network: publicIp }] as const;

  const admin = role({ name: 'DataEngineer' });
  add('engineer-office', admin, ...from('198.51.100.77'));
  add('engineer-home', admin, ...from(elsewhere));
  add('engineer-ipv6', admin, ...from('2600:1f18:4d2:8c00::17'));
  add('engineer-vpn', admin, { vpcId: vpn.id, subnetId: null }, { network: vpn.id });
  const app = role({ name: 'CatalogApp' });
  const inside = { network: vpc.id, elsewhere: nat };
  if (subnetA) add('app-private-a', app, { vpcId: vpc.id, subnetId: subnetA.id }, inside);
  if (subnetC) add('app-private-c', app, { vpcId: vpc.id, subnetId: subnetC.id }, inside);
  const publicAddress = publicSubnet === undefined ? '' : `203.0.113.${200 + (Number.parseInt(publicSubnet.id.slice(-4), 16) % 50)}`;
  if (publicSubnet) add('app-public', app, { vpcId: vpc.id, subnetId: publicSubnet.id }, { network: publicAddress });
  const hubSubnet = hub.subnets[0];
  const hubEndpoint = Object.values(world.ec2.vpcEndpoints).find(
    ({ vpcId, serviceName }) => vpcId === hub.vpc.id && serviceName.endsWith('.s3'),
  );
  if (hubSubnet && hubEndpoint)
    add(
      'app-hub',
      role({ name: 'HubApp' }),
      { vpcId: hub.vpc.id, subnetId: hubSubnet.id },
      { network: hubEndpoint.id, elsewhere: '192.0.2.40' },
    );
  add('tagged-role', role({ name: 'Auditor', tags: { networkrestrictedexempt: 'false' } }), ...from(elsewhere));
  add('limited-role', role({ name: 'Limited', administrator: false }), ...from(elsewhere));
  const reader = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] };
  add('reader-role', role({ name: 'Reader', administrator: false, inline: { reader } }), ...from(elsewhere));
  add('user-office', addUser(draft, account, 'ci'), ...from('198.51.100.20'));
  add('user-home', addUser(draft, account, 'laptop'), ...from(elsewhere));
  const exempt = addUser(draft, account, 'monitor');
  exempt.tags = { NetworkRestrictedExempt: 'yes' };
  add('user-tagged', exempt, ...from(elsewhere));
  addRoot(world, 'root-home', elsewhere);
  addRoot(world, 'root-office', '198.51.100.30');
  for (const [name, ip] of [
    ['root-home', elsewhere],
    ['root-office', '198.51.100.30'],
  ] as const)
    players.push({ name, identity: name, seen: { principal: `arn:aws:iam::${account}:root`, network: ip } });

  const service = (name: string, forwarded: boolean) => [{ service: name, forwarded }, { network: name }] as const;
  add('forwarded', role({ name: 'Analyst' }), ...service('athena.amazonaws.com', true));
  add('forwarded-user', addUser(draft, account, 'analyst'), ...service('athena.amazonaws.com', true));
  const glue = { Service: 'glue.amazonaws.com' };
  add('service-role', role({ name: 'GlueJob', trustedBy: glue }), ...service('glue.amazonaws.com', false));
  add(
    'service-role-tagged',
    role({ name: 'GlueTagged', trustedBy: glue, tags: { NetworkRestrictedExempt: '1' } }),
    ...service('glue.amazonaws.com', false),
  );
  const linked = role({
    name: 'AWSServiceRoleForDetective',
    path: '/aws-service-role/detective.amazonaws.com/',
    trustedBy: { Service: 'detective.amazonaws.com' },
  });
  add('service-linked', linked, ...service('detective.amazonaws.com', false));
  addService(world, 'log-delivery', 'logging.s3.amazonaws.com');
  players.push({
    name: 'log-delivery',
    identity: 'log-delivery',
    seen: { principal: 'service:logging.s3.amazonaws.com', network: 'logging.s3.amazonaws.com' },
  });

  const foreign = (name: string, made: ReturnType<typeof addRole>, accountId: string, ip: string) =>
    add(name, made, { publicIp: ip }, { principal: `account:${accountId}/${made.id}`, network: ip });
  foreign('partner-home', role({ name: 'Partner' }, accounts.analytics), accounts.analytics, '192.0.2.99');
  foreign('partner-office', role({ name: 'Partner' }, accounts.analytics), accounts.analytics, '198.51.100.99');
  foreign(
    'partner-tagged',
    role({ name: 'TaggedPartner', tags: { NetworkRestrictedExempt: '1' } }, accounts.analytics),
    accounts.analytics,
    '192.0.2.99',
  );
  foreign('manager', role({ name: 'Auditing' }, accounts.management), accounts.management, '192.0.2.98');
  foreign(
    'stranger',
    role({ name: 'Stranger', tags: { NetworkRestrictedExempt: '1' } }, accounts.outsider),
    accounts.outsider,
    '192.0.2.97',
  );
  players.push({ name: 'nobody', identity: null, seen: { principal: 'anonymous', network: '203.0.113.250' } });
  const links = role({ name: 'LinkMaker' });
  for (const [name, ip] of [
    ['presigned-home', elsewhere],
    ['presigned-office', '198.51.100.77'],
  ] as const) {
    handOut(draft, name, links, { publicIp: ip });
    players.push({ name, identity: null, presignedBy: name, seen: { principal: links.arn, network: ip } });
  }

  const contractor = role({ name: 'Contractor' });
  const plain = role({ name: 'Visitor' });
  for (const [name, made, tags] of [
    ['session-tagged', contractor, { NetworkRestrictedExempt: 'today' }],
    ['session-other-tag', plain, { team: 'x' }],
  ] as const)
    players.push({
      name,
      identity: 'engineer-home',
      assumes: { roleArn: made.arn, tags },
      seen: { principal: made.arn, network: elsewhere },
    });
  const packager = Object.values(world.iam.accounts[account]?.roles ?? {}).find(({ name }) =>
    name.startsWith(`${stack.name}-PackagerRole`),
  );
  if (packager && subnetA) {
    handOut(draft, 'packager', packager, { vpcId: vpc.id, subnetId: subnetA.id });
    players.push({ name: 'packager', identity: 'packager', seen: { principal: packager.arn, network: vpc.id }, seenElsewhere: nat });
  }
  return { players, buckets: buckets.map(({ name, region }) => ({ name, region })) };
}

/** Makes every call of every player on every bucket, a second apart. */
export async function play(sandbox: TestSandbox, { players, buckets }: Workload): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const player of players) {
    const signer = await signerOf(sandbox, player);
    for (const { name: bucket, region } of buckets) {
      for (const kind of player.presignedBy === undefined ? everyCall : (['get', 'missing'] as const)) {
        outcomes.push({ player, bucket, kind, result: await call(sandbox, signer, bucket, region, kind) });
        sandbox.clock.advance(1_000);
      }
    }
  }
  return outcomes;
}

interface Signer {
  readonly accessKeyId: string;
  readonly token: string | null;
  readonly how: 'header' | 'query';
}

async function signerOf(sandbox: TestSandbox, { identity, presignedBy, assumes }: Player): Promise<Signer | null> {
  const { identities } = sandbox.world();
  if (presignedBy !== undefined) return { accessKeyId: identities[presignedBy] ?? '', token: null, how: 'query' };
  if (identity === null) return null;
  if (assumes === undefined) return { accessKeyId: identities[identity] ?? '', token: null, how: 'header' };
  const { sts } = await sandbox.clientsAs(identity);
  const Tags = Object.entries(assumes.tags).map(([Key, Value]) => ({ Key, Value }));
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: assumes.roleArn, RoleSessionName: 'workload', Tags }));
  return { accessKeyId: Credentials?.AccessKeyId ?? '', token: Credentials?.SessionToken ?? null, how: 'header' };
}

const requests: { readonly [kind in CallKind]: { readonly method: string; readonly path: string; readonly query?: string } } = {
  get: { method: 'GET', path: '/known' },
  head: { method: 'HEAD', path: '/known' },
  missing: { method: 'GET', path: '/nothing-here' },
  put: { method: 'PUT', path: '/written' },
  list: { method: 'GET', path: '', query: 'list-type=2' },
  'head-bucket': { method: 'HEAD', path: '' },
  location: { method: 'GET', path: '', query: 'location=' },
  delete: { method: 'DELETE', path: '/nothing-here' },
};

// Signatures are not verified, so that one way of asking does for signed, presigned and unsigned calls.
async function call(sandbox: TestSandbox, signer: Signer | null, bucket: string, region: string, kind: CallKind): Promise<string> {
  const { method, path, query } = requests[kind];
  const scope = `${signer?.accessKeyId}/20260601/${region}/s3/aws4_request`;
  const token = signer?.token ?? null;
  const signed =
    signer?.how === 'query' ? `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Expires=900` : null;
  const parts = [query, signed].filter((part) => part !== undefined && part !== null);
  const outcome = await sandbox.sandbox.handle({
    method,
    url: `/${bucket}${path}${parts.length === 0 ? '' : `?${parts.join('&')}`}`,
    headers: {
      host: `s3.${region}.amazonaws.com`,
      'user-agent': 'workload',
      ...(signer?.how === 'header' ? { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` } : {}),
      ...(token === null ? {} : { 'x-amz-security-token': token }),
    },
    body: new Uint8Array(method === 'PUT' ? Buffer.from('x') : []),
  });
  if (outcome.type === 'disconnect') return 'disconnected';
  const { status, body } = outcome.response;
  const text = Buffer.from(body).toString('utf8');
  return status < 400 && status !== 301 ? 'ok' : status === 403 ? 'AccessDenied' : (/<Code>([^<]+)/.exec(text)?.[1] ?? String(status));
}

function granting(bucket: string, Principal: unknown, Action: string | readonly string[]): object {
  const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  return { Version: '2012-10-17', Statement: [{ Sid: 'Others', Effect: 'Allow', Principal, Action, Resource }] };
}

const keyOf = (accountId: string, publicIp: string): Omit<AccessKey, 'arn' | 'userId' | 'kind'> => ({
  secretAccessKey: 'sandbox/secret',
  sessionToken: null,
  accountId,
  roleArn: null,
  tags: {},
  network: { publicIp },
  expiresAt: null,
});

function addRoot(world: World, name: string, publicIp: string): void {
  const id = `AKIAROOT${name.toUpperCase().replace('-', '')}`;
  world.accessKeys[id] = { ...keyOf(account, publicIp), arn: `arn:aws:iam::${account}:root`, userId: account, kind: 'root' };
  world.identities[name] = id;
}

function addService(world: World, name: string, service: string): void {
  const id = `AKIASERVICE${name.toUpperCase().replace('-', '')}`;
  world.accessKeys[id] = { ...keyOf('', ''), arn: service, userId: service, kind: 'service', network: { service, forwarded: false } };
  world.identities[name] = id;
}
