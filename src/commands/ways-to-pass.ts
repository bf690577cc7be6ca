// The changes after which a request passes: the smallest first, each checked by asking again.
import type { ContextValues } from '../policy/context.ts';
import type { ClauseSeen, PerimeterRequest } from '../policy/judge.ts';
import type { PerimeterSpec } from '../policy/perimeter.ts';
import { isIdentityCenterRole } from '../steps/perimeter-spec.ts';
import { networkKeys, networkOf } from './asked-network.ts';
import type { Asked } from './asked-request.ts';
import type { PolicySeen, Said, WayToPass } from './explanation.ts';
import type { Online } from './perimeter-say.ts';

export interface Ways {
  readonly asked: Asked;
  readonly online: Online;
  readonly policies: readonly PolicySeen[];
  /** What the same policies say of another request. */
  say(request: PerimeterRequest): Promise<Said>;
  /** What the perimeter would say if the spec were another; null where the policies are those that stand. */
  readonly sayUnder: ((spec: PerimeterSpec, request: PerimeterRequest) => Promise<Said>) | null;
  readonly spec: PerimeterSpec;
}

/** What lets it pass without touching a policy, then what one more value in the perimeter would, then the tag, which opens most. */
export async function waysToPass(ways: Ways): Promise<readonly WayToPass[]> {
  if (ways.asked.asker.kind === 'service') return [];
  const clauses = ways.policies
    .filter(({ aside }) => aside === null)
    .flatMap(({ statements }) => statements.filter(({ matches }) => matches !== 'fails').flatMap((statement) => statement.clauses));
  const found = [await move(ways, clauses), await comeFrom(ways, clauses), await trust(ways), await carryTag(ways, clauses)];
  return found.filter((way) => way !== null);
}

const either = (items: readonly string[]): string => items.join(' or ');

/** The request with these network keys in place of its own. */
function elsewhere(request: PerimeterRequest, context: ContextValues, unknown: readonly string[] = []): PerimeterRequest {
  const isNetwork = (key: string): boolean => networkKeys.some((name) => name.toLowerCase() === key.toLowerCase());
  const kept = Object.entries(request.context).filter(([key]) => !isNetwork(key));
  return {
    ...request,
    context: { ...Object.fromEntries(kept), ...context },
    unknown: [...(request.unknown ?? []).filter((key) => !isNetwork(key)), ...unknown],
  };
}

async function passing<T>(candidates: readonly T[], says: (candidate: T) => Promise<Said>): Promise<readonly T[]> {
  const verdicts = await Promise.all(candidates.map(says));
  return candidates.filter((_, index) => verdicts[index]?.verdict === 'passes');
}

/** The values that a Deny spares of a key: those of its negated conditions. */
const spared = (clauses: readonly ClauseSeen[], key: string): readonly string[] => [
  ...new Set(
    clauses
      .filter((clause) => clause.key.toLowerCase() === key && /not(?:equals|like|ipaddress)|notip/i.test(clause.operator))
      .flatMap(({ values }) => values),
  ),
];

async function move({ asked, online, say }: Ways, clauses: readonly ClauseSeen[]): Promise<WayToPass | null> {
  const { region } = online.survey.quilt;
  // An endpoint leads to S3 in its own Region only (A25).
  if (asked.bucket.region !== null && asked.bucket.region !== region) return null;
  const byArn = spared(clauses, 'aws:sourcevpcarn').flatMap((arn) => /:vpc\/(vpc-[0-9a-f]+)$/.exec(arn)?.[1] ?? []);
  const vpcs = [...new Set([...spared(clauses, 'aws:sourcevpc').filter((id) => /^vpc-[0-9a-f]+$/.test(id)), ...byArn])];
  const good = await passing(vpcs, async (id) => {
    const { context, unknown } = networkOf(id, asked.asker, asked.bucket, online);
    return say(elsewhere(asked.request, context, unknown));
  });
  const [first] = good;
  if (first === undefined) return null;
  return { kind: 'move', summary: `send it through an S3 endpoint of ${either(good)}`, command: null };
}

async function comeFrom({ asked, say }: Ways, clauses: readonly ClauseSeen[]): Promise<WayToPass | null> {
  const good = await passing(spared(clauses, 'aws:sourceip'), (cidr) =>
    say(elsewhere(asked.request, { 'aws:SourceIp': cidr.split('/')[0] ?? cidr })),
  );
  return good.length === 0 ? null : { kind: 'address', summary: `send it from an address of ${either(good)}`, command: null };
}

async function trust({ asked, sayUnder, spec }: Ways): Promise<WayToPass | null> {
  if (sayUnder === null) return null;
  const { context } = asked.request;
  const vpc = context['aws:SourceVpc'];
  const arn = context['aws:SourceVpcArn'];
  if (typeof vpc === 'string' && typeof arn === 'string') {
    const said = await sayUnder({ ...spec, trustedVpcs: [...spec.trustedVpcs, { id: vpc, arn }] }, asked.request);
    if (said.verdict !== 'passes') return null;
    return { kind: 'trust-vpc', summary: `trust ${vpc}: whoever comes through its endpoints passes then`, command: `--trusted-vpc ${vpc}` };
  }
  const address = context['aws:SourceIp'];
  if (typeof address !== 'string') return null;
  const cidr = `${address}/${address.includes(':') ? 128 : 32}`;
  const said = await sayUnder({ ...spec, trustedCidrs: [...spec.trustedCidrs, cidr] }, asked.request);
  if (said.verdict !== 'passes') return null;
  return { kind: 'trust-cidr', summary: `trust ${address}: whoever comes from it passes then`, command: `--trusted-cidr ${cidr}` };
}

async function carryTag({ asked, online, say }: Ways, clauses: readonly ClauseSeen[]): Promise<WayToPass | null> {
  const { asker } = asked;
  const command = (key: string): string | null => {
    const role = asker.roleArn?.slice(asker.roleArn.lastIndexOf('/') + 1);
    if (role !== undefined) return `aws iam tag-role --role-name ${role} --tags Key=${key},Value=true`;
    const user = asker.kind === 'user' ? asker.name.slice(asker.name.lastIndexOf('/') + 1) : null;
    return user === null ? null : `aws iam tag-user --user-name ${user} --tags Key=${key},Value=true`;
  };
  // IAM refuses to tag these (K7); tags of other accounts are theirs.
  const isTaggable =
    asker.accountId === online.survey.quilt.accountId &&
    !asker.serviceLinked &&
    !isIdentityCenterRole(asker.roleArn?.split('/').at(-1) ?? '');
  if (!isTaggable || command('') === null) return null;
  const tags = clauses.filter(({ operator, values }) => operator.toLowerCase() === 'null' && values.includes('true')).map(({ key }) => key);
  const good = await passing([...new Set(tags.filter((key) => /^aws:principaltag\//i.test(key)))], (key) =>
    say({ ...asked.request, context: { ...asked.request.context, [key]: 'true' } }),
  );
  const key = good[0]?.slice('aws:PrincipalTag/'.length);
  if (key === undefined) return null;
  return { kind: 'tag', summary: `tag the principal with ${key}: it passes from everywhere then`, command: command(key) };
}
