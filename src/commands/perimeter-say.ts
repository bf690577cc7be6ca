// What the perimeter of this folder says of a request: which of its documents take part, and what they come to.
import type { AwsContext } from '../aws/context.ts';
import type { ContextValues } from '../policy/context.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { type Judgement, judge, type PerimeterDocuments, type PerimeterRequest } from '../policy/judge.ts';
import { bucketStatements, type PerimeterSpec, scpDocument } from '../policy/perimeter.ts';
import { askerOf } from '../policy/principal.ts';
import { pathOf } from './organization-path.ts';
import type { ThisPerimeter } from './this-perimeter.ts';

/** A perimeter, and what of AWS is asked about it. */
export interface KnownPerimeter extends Pick<ThisPerimeter, 'spec' | 'testBucket' | 'targets'> {
  readonly online: Online | null;
}

/** What `explain` uses of what was read. */
export type Online = Pick<NonNullable<ThisPerimeter['online']>, 'input' | 'survey'> & {
  readonly session: { readonly ctx: AwsContext };
};

/** The documents as `apply` would attach them. */
export interface PerimeterSay {
  readonly scp: PolicyDocument;
  /** What the bucket of this ARN would get; null for buckets that get none: the bucket policy goes on the test bucket alone. */
  bucketPolicy(resource: string): PolicyDocument | null;
  /** Whether one of the SCP's targets is, or is above, the principal's account; null where nobody tells. */
  reaches(request: PerimeterRequest): boolean | null | Promise<boolean | null>;
  judge(request: PerimeterRequest): Judgement | Promise<Judgement>;
}

/** Asks the organization, online only, where an account hangs in it: once for each account. */
export function perimeterSay(perimeter: KnownPerimeter): PerimeterSay {
  const { spec, testBucket, online } = perimeter;
  const scp = scpDocument(spec);
  const bucketDocument = (over: Partial<PerimeterSpec> = {}): PolicyDocument | null =>
    testBucket === null ? null : { Version: '2012-10-17', Statement: bucketStatements({ ...spec, ...over }, testBucket) };
  const asSpecified = bucketDocument();
  // Offline nobody knows the organization's id, which the second statement compares with: no organization has this one.
  const ofStrangers = online === null ? bucketDocument({ organizationId: '?' }) : asSpecified;
  const isTestBucket = (resource: string): boolean => testBucket !== null && bucketOf(resource) === testBucket;
  const management = online?.survey.organization.known === true ? online.survey.organization.value.managementAccountId : null;
  const reaches = reachOf(perimeter);

  const judgeWith = (asked: PerimeterRequest, reached: boolean | null): Judgement => {
    const request = management === null || asked.managementAccount !== undefined ? asked : { ...asked, managementAccount: management };
    const scps = reached === null ? [scp, null] : [reached ? scp : null];
    const saysOrganization = valueAt(request.context, 'aws:principalorgid') !== undefined;
    const buckets = !isTestBucket(request.resource)
      ? [null]
      : saysOrganization && online === null
        ? [ofStrangers, asSpecified]
        : [ofStrangers];
    const open = [...(scps.length > 1 ? ['aws:PrincipalOrgPaths'] : []), ...(buckets.length > 1 ? ['aws:PrincipalOrgID'] : [])];
    return agreed(
      request,
      scps.flatMap((one) => buckets.map((bucket) => ({ scp: one, bucket }))),
      open,
    );
  };
  return {
    scp,
    bucketPolicy: (resource) => (isTestBucket(resource) ? asSpecified : null),
    reaches,
    judge: (request) => {
      const reached = reaches(request);
      return reached instanceof Promise ? reached.then((known) => judgeWith(request, known)) : judgeWith(request, reached);
    },
  };
}

/** What all of these say alike; else unknown, which the keys of `open` would settle. */
function agreed(request: PerimeterRequest, alternatives: readonly PerimeterDocuments[], open: readonly string[]): Judgement {
  const judgements = alternatives.map((documents) => judge(request, documents));
  const [first] = judgements;
  if (first === undefined) throw new Error('a request judged by no documents');
  if (judgements.every(({ verdict }) => verdict === first.verdict)) return first;
  const dependsOn = [...new Set([...judgements.flatMap((each) => each.dependsOn), ...open])].sort();
  return { verdict: 'unknown', deniedBy: judgements.find(({ deniedBy }) => deniedBy.length > 0)?.deniedBy ?? [], dependsOn };
}

function reachOf({ targets, online }: KnownPerimeter): PerimeterSay['reaches'] {
  const chosen = new Set(targets);
  const above = targets.some((id) => !/^\d{12}$/.test(id));
  const paths = new Map<string, Promise<boolean | null>>();
  return (request) => {
    const account = askerOf(request.principal, request.role ?? null)?.accountId ?? null;
    if (account === null) return false;
    if (chosen.has(account)) return true;
    // Offline without any target it is the account that holds the stack, whichever that is.
    if (chosen.size === 0) return null;
    if (!above) return false;
    const told = valueAt(request.context, 'aws:principalorgpaths');
    if (told !== undefined)
      return [told].flat().some((path) =>
        String(path)
          .split('/')
          .some((id) => chosen.has(id)),
      );
    if (online === null) return null;
    let path = paths.get(account);
    if (path === undefined) {
      path = pathOf(account, online.session.ctx).then((told) => (told.known ? (told.value?.some((id) => chosen.has(id)) ?? false) : null));
      paths.set(account, path);
    }
    return path;
  };
}

function valueAt(context: ContextValues, key: string): ContextValues[string] | undefined {
  for (const name in context) if (name.toLowerCase() === key) return context[name];
  return undefined;
}

/** The bucket of an S3 ARN; an empty text where it has none, as an access point's. */
const bucketOf = (resource: string): string => /^arn:[^:]*:s3:::([^/]*)/.exec(resource)?.[1] ?? '';
