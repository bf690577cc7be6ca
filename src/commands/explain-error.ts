// `explain --error`: AWS's message of a refusal, the policy that it names, and the request that it tells.
import { type DeniedMessage, readDeniedMessage } from '../aws/denied-message.ts';
import { badInput, shown } from '../errors.ts';
import { isOurs } from '../policy/document.ts';
import { type Asked, askedRequest } from './asked-request.ts';
import { explained } from './explain-request.ts';
import type { Explanation } from './explanation.ts';
import { linesOf } from './lines.ts';
import { documentIn, livePolicies } from './live-policies.ts';
import type { Online } from './perimeter-say.ts';
import type { Run } from './session.ts';
import { foundPerimeter } from './this-perimeter.ts';

/** The policy that a message names. */
export interface NamedPolicy {
  /** Such as `SCP QuiltDataPerimeter (p-abcd1234)`; null where the message names none. */
  readonly name: string | null;
  /** Whether this tool made it for this place; null where that cannot be told. */
  readonly ours: boolean | null;
  /** One sentence on it. */
  readonly told: string;
}

/** Exit 0 whatever comes out. */
export async function explainError(run: Run, given: string): Promise<number> {
  const { flags, ui } = run;
  const text = given === '-' ? await standardInput(run) : given;
  const message = readDeniedMessage(text);
  if (message === null) {
    throw badInput(
      'MESSAGE',
      `reading --error (${shown(text.trim())}): it is no message of a refusal`,
      'paste it whole, such as: User: ARN is not authorized to perform: s3:GetObject on resource: "ARN" with an explicit deny in …',
    );
  }
  const to = flags.to ?? bucketIn(message);
  const perimeter = await foundPerimeter(run);
  try {
    const { online } = perimeter;
    const asked = await askedRequest(
      { as: flags.as ?? message.principal, from: flags.from ?? null, to, action: flags.action ?? message.action, tags: flags.tag ?? [] },
      online,
    );
    const named = await namedPolicy(message, asked, online);
    const explanation = await explained(perimeter, online, asked, true);
    const conclusion = conclude(message, explanation);
    if (ui.json) ui.document({ version: 1, message, named, conclusion, ...explanation });
    else {
      const { renderRefusal } = await import('../ui/render-refusal.ts');
      ui.result(renderRefusal({ named, conclusion, explanation }, ui.page));
    }
    return 0;
  } finally {
    await perimeter.close();
  }
}

async function standardInput({ ports }: Run): Promise<string> {
  const lines: string[] = [];
  for await (const some of linesOf('--error', '-', ports)) lines.push(...some);
  return lines.join('\n');
}

function bucketIn({ action, resource }: DeniedMessage): string {
  if (action !== null && !action.startsWith('s3:')) {
    throw badInput(
      'MESSAGE',
      `reading --error (${action}): it is about another service than S3`,
      'the perimeter denies nothing but s3 actions',
    );
  }
  if (resource !== null && /^arn:[^:]*:s3:::[^*?]/.test(resource)) return resource;
  throw badInput(
    'MESSAGE',
    `reading --error (${resource ?? 'Access Denied'}): it names no bucket, as S3 tells strangers and older callers nothing more`,
    'say what it was about: --to BUCKET/KEY, and --as ARN where it was not you',
  );
}

async function namedPolicy(message: DeniedMessage, asked: Asked, online: Online): Promise<NamedPolicy> {
  const { kind, policyArn } = message;
  const none = (told: string): NamedPolicy => ({ name: null, ours: null, told });
  if (policyArn?.includes(':organizations::') === true) return organizationPolicy(policyArn, online);
  if (policyArn !== null) return { name: policyArn, ours: false, told: `The message names ${policyArn}, which this tool never writes.` };
  switch (kind) {
    case 'resource': {
      const { bucket } = await livePolicies(asked, online);
      const name = `the policy of bucket ${asked.bucket.name}`;
      if (!bucket.known)
        return { name, ours: null, told: `The message names ${name}, which cannot be read (${bucket.action}: ${bucket.why}).` };
      const ours = bucket.value?.Statement.some(isOurs) ?? false;
      return {
        name,
        ours,
        told: `The message names ${name}: ${ours ? "it holds this tool's statements" : "none of its statements is this tool's"}.`,
      };
    }
    case 'scp':
    case 'rcp':
      return none(`The message says that it was ${kind === 'scp' ? 'an SCP' : 'an RCP'} but not which.`);
    case 'identity':
    case 'boundary':
    case 'session':
    case 'endpoint':
      return { name: null, ours: false, told: `The message names the ${kindWords[kind]}, which this tool never writes.` };
    case null:
      return none('The message does not say which policy it was.');
    default:
      return kind satisfies never;
  }
}

const kindWords = {
  identity: "principal's identity policies",
  boundary: 'permissions boundary',
  session: 'session policy',
  endpoint: 'VPC endpoint policy',
} as const;

async function organizationPolicy(arn: string, { input, session }: Online): Promise<NamedPolicy> {
  const { findPolicy } = await import('../aws/service-control-policy.ts');
  const { readOrUnknown } = await import('../aws/refused.ts');
  const { policyDescription } = await import('../steps/perimeter-spec.ts');
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  const type = arn.includes('/resource_control_policy/') ? 'RCP' : 'SCP';
  const read = await readOrUnknown('organizations:DescribePolicy', () => findPolicy(id, session.ctx));
  if (!read.known)
    return {
      name: `${type} ${id}`,
      ours: null,
      told: `The message names ${type} ${id}, which cannot be read (${read.action}: ${read.why}).`,
    };
  if (read.value === undefined)
    return { name: `${type} ${id}`, ours: null, told: `The message names ${type} ${id}, which is there no more.` };
  const { policy, content } = read.value;
  const name = `${type} ${policy.name} (${id})`;
  const isMarked = policy.description === policyDescription(input);
  const document = documentIn(content, 'organizations:DescribePolicy');
  const hasOurs = document.known && document.value?.Statement.some(isOurs) === true;
  if (isMarked) return { name, ours: true, told: `The message names ${name}: this tool made it, for this place.` };
  return {
    name,
    ours: false,
    told: `The message names ${name}: ${hasOurs ? 'this tool made it, but for another place' : 'it is not one of this tool'}.`,
  };
}

/** What the message and the policies as they are now come to, in a sentence or two. */
function conclude({ kind, explicit }: DeniedMessage, { said }: Explanation): string {
  if (explicit === false && kind !== null && kind !== 'scp' && kind !== 'resource') {
    return 'It was not refused by a Deny: what had to allow it did not. The perimeter allows nothing, so it has no part in that.';
  }
  switch (said.verdict) {
    case 'denied':
      return 'The policies that stand now deny it too.';
    case 'unknown':
      return 'What the message leaves open decides: --from VPC, SUBNET or ADDRESS says where the request came from, --tag what the principal carried.';
    case 'passes':
      return 'As things are now it would pass: either the policies have changed since, or the request came from elsewhere, or with other tags, than is taken here.';
    default:
      return said.verdict satisfies never;
  }
}
