// Where a request comes from, as condition keys: what S3 sees of a VPC, a subnet, an address or a service (E6, E7, E12).
import * as values from '../config/values.ts';
import { badInput, type PerimeterError, shown } from '../errors.ts';
import type { Asker } from '../policy/principal.ts';
import { s3Gateways, s3Interfaces } from '../steps/network.ts';
import { keysOf } from '../steps/network-grid/verdict.ts';
import { vpcsOf } from '../steps/network-grid/vpc-seen.ts';
import { type Way, wayInWords } from '../steps/network-grid/way.ts';
import { ipv6WaysFrom, waysFrom } from '../steps/network-grid/ways.ts';
import type { AskedBucket, AskedNetwork } from './asked-request.ts';
import type { Online } from './perimeter-say.ts';

/** The keys that tell the network; one that is neither known nor unknown is absent. */
export const networkKeys = ['aws:SourceIp', 'aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce'] as const;

/**
 * The network keys of a request from there to the bucket. `from` null: nobody knows.
 * @throws PerimeterError FLAG (exit 2) for what is no VPC, subnet, public address or service
 */
export function networkOf(from: string | null, asker: Asker, bucket: AskedBucket, online: Online): AskedNetwork {
  if (asker.kind === 'service') {
    if (from !== null && from !== `service:${asker.name}` && `${from}.amazonaws.com` !== `service:${asker.name}`) {
      throw flagError(from, `a service principal comes from the service's own network`);
    }
    return { words: "the service's own network", context: {}, unknown: [], notes: [] };
  }
  if (from === null) return unknownNetwork('not known', ['Where the request comes from is not known: --from says it.']);
  if (from.startsWith('service:')) return throughService(from);
  if (from.startsWith('vpc-')) return fromVpc(checked(from, values.vpcId), bucket, online);
  if (from.startsWith('subnet-')) return fromSubnet(checked(from, values.subnetId), bucket, online);
  if (values.ipAddress(from) !== null) throw flagError(from, 'expected a VPC id, a subnet id, a public address or service:NAME');
  const problem = values.publicAddress(from);
  if (problem !== null)
    throw flagError(from, problem, 'give the VPC or the subnet that it lies in, or the public address that it leaves by');
  return { words: `${from}, a public address`, context: { 'aws:SourceIp': from }, unknown: [], notes: [] };
}

const flagError = (
  from: string,
  problem: string,
  remedy = 'quilt-perimeter explain --help lists the flags and their values',
): PerimeterError => badInput('FLAG', `reading --from (${shown(from)}): ${problem}`, remedy);

function checked(value: string, check: values.Check): string {
  const problem = check(value);
  if (problem !== null) throw flagError(value, problem);
  return value;
}

const unknownNetwork = (words: string, notes: readonly string[]): AskedNetwork => ({ words, context: {}, unknown: networkKeys, notes });

/** The service calls with the caller's credentials: the caller's network does not reach S3 (E12). */
function throughService(from: string): AskedNetwork {
  const name = from.slice('service:'.length);
  if (!/^[a-z0-9.-]+$/.test(name)) throw flagError(from, 'expected the name of a service, such as service:athena.amazonaws.com');
  const service = name.includes('.') ? name : `${name}.amazonaws.com`;
  const called = { 'aws:CalledVia': [service], 'aws:CalledViaFirst': service, 'aws:CalledViaLast': service };
  return {
    words: `through ${service}, which calls on the principal's behalf`,
    context: { 'aws:ViaAWSService': true, ...called },
    unknown: ['aws:SourceIp'],
    notes: [
      'A service that works with a role of its own (Lambda, Glue, Firehose) does not call on behalf: give that role, and its address.',
    ],
  };
}

/** Through an S3 endpoint of the VPC: without one, S3 sees no VPC at all. */
function fromVpc(id: string, bucket: AskedBucket, { input, survey }: Online): AskedNetwork {
  const vpc = survey.vpcs.find((each) => each.id === id);
  const owner = vpc?.ownerId ?? null;
  const endpoints = [...s3Gateways(survey.endpoints, id), ...s3Interfaces(survey.endpoints, id)];
  const [only] = endpoints;
  const arn = owner === null ? null : `arn:${survey.quilt.partition}:ec2:${survey.quilt.region}:${owner}:vpc/${id}`;
  const isElsewhere = vpc !== undefined && bucket.region !== null && bucket.region !== survey.quilt.region;
  const notes = isElsewhere
    ? [
        `Endpoints of ${id} lead to S3 in ${survey.quilt.region} alone, and ${bucket.name} is in ${bucket.region}: --from SUBNET-ID tells what is seen.`,
      ]
    : only === undefined && owner === survey.quilt.accountId
      ? [
          `${id} has no S3 endpoint${id === input.choices.vpc ? ' yet' : ''}; this is about a request through one. --from SUBNET-ID tells which way its requests take now.`,
        ]
      : [];
  return {
    words: `${id}, through its S3 endpoint${endpoints.length === 1 && only !== undefined ? ` ${only.id}` : ''}`,
    context: {
      'aws:SourceVpc': id,
      ...(arn === null ? {} : { 'aws:SourceVpcArn': arn }),
      ...(endpoints.length === 1 && only !== undefined ? { 'aws:SourceVpce': only.id } : {}),
    },
    unknown: [...(arn === null ? ['aws:SourceVpcArn'] : []), ...(endpoints.length === 1 ? [] : ['aws:SourceVpce'])],
    notes,
  };
}

/** By the routes of the subnet as they are now. */
function fromSubnet(id: string, bucket: AskedBucket, { input, survey }: Online): AskedNetwork {
  const subnet = survey.subnets.find((each) => each.id === id);
  if (subnet === undefined)
    throw flagError(id, `it is not in ${survey.quilt.region}`, 'give one of its subnets, the VPC, or the public address that it leaves by');
  const { seen, unread } = vpcsOf(input, [subnet.vpcId]);
  const [vpc] = seen;
  if (vpc === undefined)
    return unknownNetwork(
      id,
      unread.map(({ why }) => `Which way ${id} takes cannot be told: ${why}.`),
    );
  const ways = waysFrom(subnet, bucket.region, vpc);
  const overIpv6 = ipv6WaysFrom(subnet, vpc);
  const notes =
    overIpv6.length === 0
      ? []
      : [`Clients that ask for S3's dual-stack names come over IPv6 instead: ${overIpv6.map(wayInWords).join('; ')}.`];
  const [only] = ways;
  if (only === undefined || ways.length > 1) {
    return unknownNetwork(`${id}, by one of several ways`, [
      `From ${id} requests take any of these: ${ways.map(wayInWords).join('; ')}.`,
      ...notes,
    ]);
  }
  if (only.via === 'none') {
    return unknownNetwork(`${id}, which does not reach S3`, [
      `${wayInWords(only)}: a request from ${id} ends in a timeout, and S3 never sees it.`,
      ...notes,
    ]);
  }
  return {
    words: `${id} of ${subnet.vpcId}, by ${wayInWords(only)}`,
    ...keysOf(only, input.choices.trustedCidrs),
    notes: [...notes, ...hidden(only)],
  };
}

const hidden = (way: Way): readonly string[] => (way.via === 'unknown' ? [`Which way it takes cannot be told: ${way.why}.`] : []);
