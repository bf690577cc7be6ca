// What a single value may look like, wherever it comes from: the same sentence for a flag and for a line of the file.
import ipaddr from 'ipaddr.js';
import { catalogue, type FindingCode } from '../findings.ts';

/** Null where the value is right, else what is wrong with it, as the end of a sentence. */
export type Check = (value: string) => string | null;

const matching =
  (pattern: RegExp, expected: string): Check =>
  (value) =>
    pattern.test(value) ? null : `expected ${expected}`;

const hex = '(?:[0-9a-f]{8}|[0-9a-f]{17})';
export const vpcId = matching(new RegExp(`^vpc-${hex}$`), 'a VPC id such as vpc-0123456789abcdef0');
export const subnetId = matching(new RegExp(`^subnet-${hex}$`), 'a subnet id such as subnet-0123456789abcdef0');
export const accountId = matching(/^\d{12}$/, 'an account id of 12 digits');
export const targetId = matching(
  /^(?:\d{12}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$/,
  'an account id of 12 digits, an organizational unit (ou-ab12-cdefghij) or a root (r-ab12)',
);
export const roleArn = matching(
  /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  'a role ARN such as arn:aws:iam::111122223333:role/Name',
);
export const region = matching(/^[a-z]{2,}(?:-[a-z]+)+-\d+$/, 'a Region such as us-east-1');
export const stackName = matching(/^(?:[A-Za-z][A-Za-z0-9-]{0,127}|arn:aws[a-z-]*:cloudformation:.+)$/, "a stack's name");
export const parameterName = matching(/^[A-Za-z0-9]{1,255}$/, 'a parameter name of letters and digits');
export const policyName = matching(/^(?! +$)[\x20-\x7e]{1,128}$/, '1 to 128 printable ASCII characters');
export const tagKey = matching(
  /^(?!aws:|\s+$)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
  'a tag key of up to 128 characters that does not begin with aws:',
);
export const bucketName = matching(
  /^(?=.{3,63}$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
  'a bucket name (3 to 63 lower-case letters, digits, dots, hyphens)',
);
export const profileName = matching(/^[^\s\p{Cc}](?:[^\p{Cc}]{0,126}[^\s\p{Cc}])?$/u, 'a profile name');

/** A bucket name in which `*` and `?` stand for characters. `*` alone would put every bucket behind the perimeter. */
export const bucketPattern: Check = (value) => {
  if (value === '') return 'an empty pattern matches no bucket; name one such as quilt*';
  if (/^[*?]+$/.test(value)) return `${value} matches every bucket under the target; name a prefix such as quilt*`;
  return /^[a-z0-9*?.-]{1,63}$/.test(value) ? null : 'expected lower-case letters, digits, dots, hyphens, * and ?';
};

export const ipAddress: Check = (value) => {
  if (!ipaddr.isValid(value) || /^\d+$/.test(value) || (!value.includes(':') && value.split('.').length !== 4)) {
    return 'expected an IPv4 or IPv6 address';
  }
  return null;
};

// S3 never sees these as aws:SourceIp. ipaddr.js's own ranges call documentation addresses reserved, so they are listed.
const privateRanges = [
  ['10.0.0.0/8', 'RFC 1918'],
  ['172.16.0.0/12', 'RFC 1918'],
  ['192.168.0.0/16', 'RFC 1918'],
  ['100.64.0.0/10', 'shared address space'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['fc00::/7', 'unique local'],
  ['fe80::/10', 'link-local'],
  ['::ffff:0:0/96', 'IPv4-mapped'],
] as const;

const cidrShape = /^(?:\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\/\d{1,3})$/;

const parseCidr = (value: string): readonly [ipaddr.IPv4 | ipaddr.IPv6, number] | null =>
  cidrShape.test(value) && ipaddr.isValidCIDR(value) ? ipaddr.parseCIDR(value) : null;

/** A network in CIDR notation without host bits: AWS refuses or silently alters the others. */
const cidr: Check = (value) => {
  const parsed = parseCidr(value);
  if (parsed === null) return 'expected a network in CIDR notation such as 198.51.100.0/24';
  const [address, bits] = parsed;
  const network = (address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(value);
  if (network.toString() !== address.toString()) return `it has host bits set; the network is ${network.toString()}/${bits}`;
  return bits === 0 ? 'it is every address there is, which is no perimeter' : null;
};

const overlaps = (a: readonly [ipaddr.IPv4 | ipaddr.IPv6, number], b: readonly [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean => {
  if (a[0].kind() !== b[0].kind()) return false;
  return a[0].match(b[0], Math.min(a[1], b[1]));
};

/** A public range as S3 sees it. Private ranges are refused: `aws:SourceIp` is never one of them (E7). */
export const trustedCidr: Check = (value) => {
  const problem = cidr(value);
  const parsed = parseCidr(value);
  if (problem !== null || parsed === null) return problem;
  const range = privateRangeOf(parsed);
  return range === null
    ? null
    : `${range} is private and AWS never matches it: S3 sees public addresses only. For clients of the API endpoint use --client-cidr (perimeter.clientCidrs)`;
};

const privateRangeOf = (parsed: readonly [ipaddr.IPv4 | ipaddr.IPv6, number]): string | null => {
  const found = privateRanges.find(([range]) => overlaps(parsed, ipaddr.parseCIDR(range)));
  return found === undefined ? null : `${found[0]} (${found[1]})`;
};

/** An address as S3 may see it: a request from a private one comes by a NAT gateway's address, or through an endpoint without any (E7). */
export const publicAddress: Check = (value) => {
  const problem = ipAddress(value);
  if (problem !== null) return problem;
  const address = ipaddr.parse(value);
  const range = privateRangeOf([address, address.kind() === 'ipv4' ? 32 : 128]);
  return range === null ? null : `S3 never sees it, since ${range} is private`;
};

/** A network whose clients use the API endpoint: private or public, never everything. */
export const clientCidr: Check = cidr;

export const findingCode: Check = (value) =>
  isFindingCode(value) ? null : 'there is no such finding; docs/findings.md lists them (QP101 and so on)';

export const isFindingCode = (value: string): value is FindingCode => Object.hasOwn(catalogue, value);
