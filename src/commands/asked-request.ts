// From flags to a request: who asks, from where, for what, and which condition keys S3 will see of that.
import * as values from '../config/values.ts';
import { badInput, type PerimeterError, shown } from '../errors.ts';
import type { ContextValues } from '../policy/context.ts';
import type { PerimeterRequest } from '../policy/judge.ts';
import { type Asker, askerOf } from '../policy/principal.ts';
import type { Known } from '../ports.ts';
import { known, unknown } from '../ports.ts';
import { isIdentityCenterRole } from '../steps/perimeter-spec.ts';
import { networkOf } from './asked-network.ts';
import { pathOf } from './organization-path.ts';
import type { Online } from './perimeter-say.ts';

/** As the flags say it; null where they do not. */
export interface Question {
  readonly as: string | null;
  readonly from: string | null;
  readonly to: string;
  readonly action: string | null;
  /** `KEY=VALUE`. */
  readonly tags: readonly string[];
}

/** What the keys of a request say of the network, and where that is in words. */
export interface AskedNetwork {
  readonly words: string;
  readonly context: ContextValues;
  readonly unknown: readonly string[];
  readonly notes: readonly string[];
}

export interface AskedBucket {
  readonly name: string;
  /** Null where S3 does not tell. */
  readonly region: string | null;
  /** Null where it is not the Quilt account's. */
  readonly owner: string | null;
}

export interface Asked {
  readonly request: PerimeterRequest;
  readonly asker: Asker;
  readonly bucket: AskedBucket;
  readonly key: string | null;
  readonly network: AskedNetwork;
  readonly notes: readonly string[];
}

/**
 * The request that the flags describe; what they leave out is the operator's own.
 * @throws PerimeterError FLAG (exit 2) for a value of no known form
 */
export async function askedRequest(question: Question, online: Online): Promise<Asked> {
  const { survey, session } = online;
  const asker = whoAsks(question.as, online);
  const { name, key } = target(question.to);
  const bucket = await bucketOf(name, online);
  // Somebody else's requests do not come from the operator's address.
  const from = question.from ?? (question.as === null ? online.input.choices.operatorIp : null);
  const network = networkOf(from, asker, bucket, online);
  const [tags, organization] = await Promise.all([tagsOf(question.tags, asker, online), organizationOf(asker, online)]);
  const resource = `arn:${survey.quilt.partition}:s3:::${name}${key === null ? '' : `/${key}`}`;
  const { organization: info } = survey;
  const request: PerimeterRequest = {
    principal: asker.kind === 'service' ? `service:${asker.name}` : asker.name,
    ...(asker.roleArn === null ? {} : { role: asker.roleArn }),
    action: actionOf(question.action, key),
    resource,
    ...(bucket.owner === null ? {} : { resourceAccount: bucket.owner }),
    ...(info.known ? { managementAccount: info.value.managementAccountId } : {}),
    context: {
      'aws:CurrentTime': session.ctx.clock.now().toISOString(),
      ...(bucket.region === null ? {} : { 'aws:RequestedRegion': bucket.region }),
      ...(bucket.owner === null ? {} : { 'aws:ResourceAccount': bucket.owner }),
      ...organization.context,
      ...(tags.known ? Object.fromEntries(Object.entries(tags.value).map(([tag, value]) => [`aws:PrincipalTag/${tag}`, value])) : {}),
      ...network.context,
    },
    unknown: [
      ...(bucket.region === null ? ['aws:RequestedRegion'] : []),
      ...(bucket.owner === null ? ['aws:ResourceAccount'] : []),
      ...organization.unknown,
      ...(tags.known ? [] : ['aws:PrincipalTag/*']),
      ...network.unknown,
    ],
  };
  const notes = [
    ...network.notes,
    ...(tags.known ? [] : [`The principal's tags are not known (${tags.action}: ${tags.why}): --tag KEY=VALUE says them.`]),
    ...(bucket.region === null ? [`S3 does not tell where bucket ${name} is, or there is none of that name.`] : []),
  ];
  return { request, asker, bucket, key, network, notes };
}

const flagError = (flag: string, value: string, problem: string): PerimeterError =>
  badInput('FLAG', `reading ${flag} (${shown(value)}): ${problem}`, 'quilt-perimeter explain --help lists the flags and their values');

function whoAsks(as: string | null, { survey, input }: Online): Asker {
  const { quilt } = survey;
  if (as === null) return found(askerOf(quilt.arn, quilt.roleArn), quilt.arn);
  const service = /^service:([a-z0-9-]+)$/.exec(as)?.[1];
  const principal = service === undefined ? as : `service:${service}.amazonaws.com`;
  const plain = found(askerOf(principal, null), as);
  const role = plain.kind === 'session' && plain.accountId === quilt.accountId ? roleNameOf(plain) : null;
  if (role === null) return plain;
  const { roles } = input.landscape.operator;
  const path = roles.known ? roles.value.find(({ name }) => name === role)?.arn : undefined;
  return path === undefined ? plain : found(askerOf(principal, path), as);
}

function found(asker: Asker | null, value: string): Asker {
  if (asker !== null) return asker;
  throw flagError('--as', value, 'expected the ARN of a role, session or user, anonymous, service:NAME or root:ACCOUNT');
}

const roleNameOf = ({ roleArn }: Asker): string | null => roleArn?.slice(roleArn.lastIndexOf('/') + 1) ?? null;

/** `BUCKET[/KEY]`, also as an ARN or an S3 URI. */
function target(to: string): { readonly name: string; readonly key: string | null } {
  const [name = '', ...rest] = to.replace(/^(?:s3:\/\/|arn:[^:]*:s3:::)/, '').split('/');
  const problem = values.bucketName(name);
  if (problem !== null) throw flagError('--to', to, `${problem}, and a key behind it where an object is meant`);
  const key = rest.join('/');
  return { name, key: key === '' ? null : key };
}

function actionOf(action: string | null, key: string | null): string {
  if (action === null) return key === null ? 's3:ListBucket' : 's3:GetObject';
  if (/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action)) return action;
  throw flagError('--action', action, 'expected an action such as s3:GetObject');
}

async function bucketOf(name: string, { survey, session }: Online): Promise<AskedBucket> {
  const listed = survey.buckets.known ? survey.buckets.value.find((bucket) => bucket.name === name) : undefined;
  const owner = listed === undefined ? null : survey.quilt.accountId;
  if (listed !== undefined && listed.region !== null) return { name, region: listed.region, owner };
  const { findBucket } = await import('../aws/bucket.ts');
  const head = await findBucket(name, survey.quilt.accountId, session.ctx);
  return { name, region: head.region, owner: head.state === 'ours' ? survey.quilt.accountId : owner };
}

async function tagsOf(
  said: readonly string[],
  asker: Asker,
  { survey, input, session }: Online,
): Promise<Known<{ readonly [key: string]: string }>> {
  if (said.length > 0) return known(Object.fromEntries(said.map(tagOf)));
  if (asker.kind === 'anonymous' || asker.kind === 'service' || asker.kind === 'root') return known({});
  const { operator } = input.landscape;
  const role = roleNameOf(asker);
  // An attribute of Identity Center arrives as a session tag, which IAM does not tell (K7).
  if (role !== null && isIdentityCenterRole(role)) return unknown('iam:ListRoleTags', 'a session of Identity Center brings its own');
  if (asker.name === survey.quilt.arn) return operator.tags;
  if (asker.accountId !== survey.quilt.accountId) return unknown('iam:ListRoleTags', `${asker.accountId} is another account`);
  const listed = operator.roles.known && role !== null ? operator.roles.value.find(({ name }) => name === role) : undefined;
  if (listed !== undefined) return listed.tags;
  const { readRoleTags, readUserTags } = await import('../aws/role.ts');
  const { readOrUnknown } = await import('../aws/refused.ts');
  if (role !== null) return readOrUnknown('iam:ListRoleTags', () => readRoleTags(role, session.ctx));
  if (asker.kind !== 'user') return unknown('iam:ListUserTags', 'a federated session brings its own');
  const user = asker.name.slice(asker.name.lastIndexOf('/') + 1);
  return readOrUnknown('iam:ListUserTags', () => readUserTags(user, session.ctx));
}

function tagOf(said: string): readonly [string, string] {
  const at = said.indexOf('=');
  const key = at < 0 ? said : said.slice(0, at);
  const problem = at < 0 ? 'expected KEY=VALUE' : values.tagKey(key);
  if (problem !== null) throw flagError('--tag', said, problem);
  return [key, said.slice(at + 1)];
}

type Keys = Pick<AskedNetwork, 'context' | 'unknown'>;

/** Only principals of an account have an organization (E16). */
async function organizationOf({ accountId }: Asker, { survey, session }: Online): Promise<Keys> {
  const { organization } = survey;
  if (accountId === null) return { context: {}, unknown: [] };
  const nobodyKnows = { context: {}, unknown: ['aws:PrincipalOrgID', 'aws:PrincipalOrgPaths'] };
  if (!organization.known) return nobodyKnows;
  const path = await pathOf(accountId, session.ctx);
  const { id } = organization.value;
  if (!path.known) {
    return accountId === survey.quilt.accountId
      ? { context: { 'aws:PrincipalOrgID': id }, unknown: ['aws:PrincipalOrgPaths'] }
      : nobodyKnows;
  }
  if (path.value === null) return { context: {}, unknown: [] };
  return {
    context: { 'aws:PrincipalOrgID': id, 'aws:PrincipalOrgPaths': [`${[id, ...path.value.slice(0, -1)].join('/')}/`] },
    unknown: [],
  };
}
