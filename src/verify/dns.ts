// What names of S3 and of the API lead to from here, and what AWS would therefore see: the network keys of a request follow from the
// address that a client takes.

import type { AwsContext } from '../aws/context.ts';
import { dnsSuffixOf } from '../aws/dns-suffix.ts';
import { readPrivateAddresses } from '../aws/network-interface.ts';
import { readOrUnknown } from '../aws/refused.ts';
import type { Bucket, VpcEndpoint } from '../aws/types.ts';
import { isPublicAddress } from '../policy/address.ts';
import type { Known } from '../ports.ts';
import { covers } from '../steps/cidr.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { perimeterSay, type Say, somebody } from '../steps/network-grid/verdict.ts';
import type { Way } from '../steps/network-grid/way.ts';
import { apiName } from './api-name.ts';
import { type Check, type Found, fails, holds, untold, worstOf } from './check.ts';
import type { Names } from './resolver.ts';

/**
 * Propositions about how S3's global and Regional names, the buckets' names and the API's name resolve from here. They concern an
 * ordinary principal, whom no tag exempts.
 */
export async function dnsChecks(input: PerimeterInput, names: Names, ctx: AwsContext): Promise<readonly Check[]> {
  const { survey, buckets } = input.landscape;
  const { region, partition } = survey.quilt;
  const suffix = dnsSuffixOf(region);
  const { test } = buckets;
  const place: Place = { input, owners: await readOwners(input, ctx), say: perimeterSay(input) };
  const ofS3 = (id: string, summary: string, asked: readonly S3Name[]): Promise<Check> =>
    checked(id, summary, asked, (each, address) => s3Address(place, each, address), names, ctx);
  const regional = ({ name, region: home }: Bucket): S3Name => {
    const there = home.known ? home.value : region;
    return { name: `${name}.s3.${there}.${suffix}`, bucket: { name, region: home }, region: there };
  };
  const all = [test, ...buckets.inScope.filter(({ name }) => name !== test.name)];
  const inAws = [`s3.${suffix}`, `${test.name}.s3.${suffix}`].map((name) => ({ name, bucket: test, region: null }));
  const api = apiName(input, suffix);
  return [
    ...(partition === 'aws' ? [await ofS3('dns/s3-global', "S3's global names lead where the perimeter lets pass", inAws)] : []),
    await ofS3('dns/s3-regional', `S3's Regional name of ${region} leads where the perimeter lets pass`, [
      { name: `s3.${region}.${suffix}`, bucket: test, region },
    ]),
    await ofS3('dns/buckets', 'The names of the buckets lead where the perimeter lets pass', all.map(regional)),
    ...(api === null
      ? []
      : [
          await checked(
            'dns/api',
            `The name of API ${api.id} leads to the API Gateway endpoint`,
            [api],
            (_api, address) => apiAddress(place, api.endpointId, address),
            names,
            ctx,
          ),
        ]),
  ];
}

/** A name of S3. `bucket`: whose policies are asked; `region`: that of the name, null where it is of none. */
interface S3Name {
  readonly name: string;
  readonly bucket: Pick<Bucket, 'name' | 'region'>;
  readonly region: string | null;
}

interface Place {
  readonly input: PerimeterInput;
  readonly owners: Owners;
  readonly say: Say;
}

/** The endpoints that have an address. Networks that overlap may both have it. */
type Owners = Known<ReadonlyMap<string, readonly VpcEndpoint[]>>;

function readOwners({ landscape }: PerimeterInput, ctx: AwsContext): Promise<Owners> {
  return readOrUnknown('ec2:DescribeNetworkInterfaces', async () => {
    const { endpoints } = landscape.survey;
    const addresses = await readPrivateAddresses(
      endpoints.flatMap(({ networkInterfaceIds }) => networkInterfaceIds),
      ctx,
    );
    const owners = new Map<string, readonly VpcEndpoint[]>();
    for (const endpoint of endpoints)
      for (const address of endpoint.networkInterfaceIds.flatMap((id) => addresses.get(id) ?? []))
        owners.set(address, [...(owners.get(address) ?? []), endpoint]);
    return owners;
  });
}

/** How many names are asked at the same time. */
const atOnce = 20;

/** What one address of a name leads to, or a name without any; `evidence` goes on after the address. */
interface Led {
  readonly name: string;
  readonly address: string | null;
  readonly found: Found;
}

async function checked<Name extends { readonly name: string }>(
  id: string,
  summary: string,
  asked: readonly Name[],
  judge: (name: Name, address: string) => Found,
  names: Names,
  ctx: Pick<AwsContext, 'signal'>,
): Promise<Check> {
  const led: Led[] = [];
  for (let start = 0; start < asked.length; start += atOnce) {
    ctx.signal.throwIfAborted();
    const group = asked.slice(start, start + atOnce);
    led.push(...(await Promise.all(group.map((each) => followed(each, judge, names)))).flat());
  }
  const state = worstOf(led.map(({ found }) => found));
  return { id, step: 'endpoints', summary, state, evidence: together(led, names.by), subjects: asked.map(({ name }) => name) };
}

async function followed<Name extends { readonly name: string }>(
  each: Name,
  judge: (name: Name, address: string) => Found,
  names: Names,
): Promise<readonly Led[]> {
  const { name } = each;
  const answer = await names.resolve(name);
  if (answer.found) return answer.addresses.map((address) => ({ name, address, found: judge(each, address) }));
  const found = answer.why === 'none' ? fails(`no address (${answer.code})`) : untold(`no answer (${answer.code})`);
  return [{ name, address: null, found }];
}

const order: readonly Check['state'][] = ['failed', 'unknown', 'ok'];
const mostNamed = 3;

/** What is alike is told once, the worst first. */
function together(led: readonly Led[], by: string): string {
  const alike = new Map<string, Led[]>();
  for (const each of led) alike.set(each.found.evidence, [...(alike.get(each.found.evidence) ?? []), each]);
  const rank = ([one]: readonly Led[]): number => order.indexOf(one?.found.state ?? 'ok');
  const told = [...alike]
    .sort(([, a], [, b]) => rank(a) - rank(b))
    .map(([evidence, group]) => {
      const addresses = group.flatMap(({ address }) => address ?? []);
      const to = addresses.length === 0 ? '' : `${named(addresses)}, `;
      return `${named(group.map(({ name }) => name))}: ${to}${evidence}`;
    });
  return `by ${by}: ${told.join('. ')}`;
}

function named(all: readonly string[]): string {
  const each = [...new Set(all)];
  return each.length <= mostNamed ? each.join(', ') : `${each.slice(0, mostNamed).join(', ')} and ${each.length - mostNamed} more`;
}

function s3Address({ input, owners, say }: Place, { bucket, region }: S3Name, address: string): Found {
  const judged = (way: Way, seen: string): Found => {
    const { verdict } = say(way, somebody(input), bucket);
    if (verdict === 'passes') return holds(`${seen}, which the perimeter lets pass`);
    return verdict === 'denied'
      ? fails(`${seen}, which the perimeter denies`)
      : untold(`${seen}, and what the perimeter says to that is not known`);
  };
  if (isPublicAddress(address) !== false) return publicAddress(input, region, address, judged);
  const owned = ownersOf(owners, address, 's3');
  if ('found' in owned) return owned.found;
  const each = owned.endpoints.map(({ id, vpcId, ownerId }) => {
    const { partition, region: home } = input.landscape.survey.quilt;
    const vpcArn = `arn:${partition}:ec2:${home}:${ownerId}:vpc/${vpcId}`;
    const way: Way = { via: 'endpoint', type: 'interface', id, vpcId, vpcArn, planned: false };
    return judged(way, `private, of S3 interface endpoint ${id}: S3 sees ${vpcId}`);
  });
  return { state: worstOf(each), evidence: each.map(({ evidence }) => evidence).join('; or ') };
}

function publicAddress(
  { choices, landscape }: PerimeterInput,
  region: string | null,
  address: string,
  judged: (way: Way, seen: string) => Found,
): Found {
  const { s3PrefixListCidrs } = landscape.network;
  const isOurs = region === landscape.survey.quilt.region && !address.includes(':') && s3PrefixListCidrs.known;
  if (isOurs && s3PrefixListCidrs.value.length > 0 && !covers(s3PrefixListCidrs.value, `${address}/32`))
    return untold(`public, and none of S3's addresses in ${region}: somebody else answers for that name`);
  const { operatorIp } = choices;
  if (operatorIp === null)
    return untold(
      `public: S3 sees the address by which this machine leaves (say it with --operator-ip), or the VPC where an S3 gateway endpoint is on the way`,
    );
  return judged({ via: 'address', address: operatorIp, planned: false }, `public: S3 sees ${operatorIp}`);
}

function apiAddress({ input, owners }: Place, endpointId: string, address: string): Found {
  if (isPublicAddress(address) !== false)
    return fails(
      `public, and a private API answers only through its endpoint: use a resolver of ${input.choices.vpc} (an inbound endpoint)`,
    );
  const owned = ownersOf(owners, address, 'execute-api');
  if ('found' in owned) return owned.found;
  const right = owned.endpoints.find(({ id }) => id === endpointId);
  if (right !== undefined) return holds(`private, of API Gateway endpoint ${right.id} in ${right.vpcId}`);
  const others = owned.endpoints.map(({ id, vpcId }) => `${id} in ${vpcId}`).join(' or ');
  return fails(`private, of API Gateway endpoint ${others}, and the stack names ${endpointId}`);
}

/** The endpoints of a service that have this private address; or what is found where there are none. */
function ownersOf(
  owners: Owners,
  address: string,
  service: 's3' | 'execute-api',
): { readonly endpoints: readonly VpcEndpoint[] } | { readonly found: Found } {
  if (!owners.known) return { found: untold(`private; whose it is cannot be read: ${owners.action}: ${owners.why}`) };
  const all = owners.value.get(address) ?? [];
  const endpoints = all.filter(({ serviceName }) => serviceName.endsWith(`.${service}`));
  if (endpoints.length > 0) return { endpoints };
  const [other] = all;
  if (other !== undefined) return { found: fails(`private, of ${other.id}, an endpoint for ${other.serviceName}`) };
  return { found: untold(`private, and of no endpoint of this account and Region: what AWS would see is not known`) };
}
