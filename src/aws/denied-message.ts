// AWS's words for a refusal, read: since 2026 they name the policy by its ARN (K2), before that its kind, and strangers are told
// nothing but "Access Denied".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
import { s3ActionOf } from './s3-action.ts';

export type DeniedKind = 'identity' | 'boundary' | 'session' | 'resource' | 'scp' | 'rcp' | 'endpoint';

/** What a message tells; null where it does not. */
export interface DeniedMessage {
  /** The ARN of who was refused. */
  readonly principal: string | null;
  /** Such as `s3:GetObject`. */
  readonly action: string | null;
  /** ARN of the resource, or `*`. */
  readonly resource: string | null;
  readonly kind: DeniedKind | null;
  /** True of an explicit deny, false where an Allow was missing; null where it is not told. */
  readonly explicit: boolean | null;
  readonly policyArn: string | null;
}

/**
 * Reads a refusal: a bare message, S3's XML, the line of the AWS CLI or of an SDK around it. Null where it is none.
 */
export function readDeniedMessage(text: string): DeniedMessage | null {
  const message = unwrapped(text);
  const isRefusal = /\b(?:AccessDenied(?:Exception)?|Access Denied|not authorized to perform|Forbidden|explicit deny)\b/i.test(message);
  if (!isRefusal) return null;
  const action = /not authorized to perform:?\s*"?([a-z0-9-]+:[A-Za-z0-9*]+)/i.exec(message)?.[1] ?? actionOfOperation(message);
  const reason = tail(message).toLowerCase();
  const kind = Object.entries(kinds).find(([name]) => reason.includes(name))?.[1] ?? null;
  return {
    principal: /\bUser:\s*"?(arn:[^\s"]+|[^\s"]*anonymous[^\s"]*)/i.exec(message)?.[1]?.replace(/[,;]$/, '') ?? null,
    action,
    resource: resourceIn(message),
    kind,
    explicit: /with an explicit deny/i.test(message) ? true : /because no\b/i.test(message) ? false : null,
    policyArn:
      /\b(arn:[a-z-]*:(?:organizations|iam)::[^\s"'<>]*:policy\/[^\s"'<>,;)]+?)[.,;)]?(?=[\s"'<>]|$)/.exec(tail(message))?.[1] ?? null,
  };
}

const kinds: { readonly [name: string]: DeniedKind } = {
  'identity-based policy': 'identity',
  'permissions boundary': 'boundary',
  'permission boundary': 'boundary',
  'session policy': 'session',
  'resource-based policy': 'resource',
  'bucket policy': 'resource',
  'service control policy': 'scp',
  'resource control policy': 'rcp',
  'vpc endpoint policy': 'endpoint',
};

/** The part that gives the reason. */
const tail = (message: string): string => /\b(?:with an explicit deny|because no)\b.*$/is.exec(message)?.[0] ?? '';

// A key may hold spaces and quotation marks; the reason begins behind it.
function resourceIn(message: string): string | null {
  const rest = /\bon resource:?\s*(.*)$/is.exec(message)?.[1];
  if (rest === undefined) return null;
  const before = rest.split(/\s+(?:with an explicit deny|because no)\b/i)[0] ?? '';
  const quoted = /^"(.*)"[\s.]*$/s.exec(before)?.[1];
  const resource = (quoted ?? before).trim().replace(/[.]$/, quoted === undefined ? '' : '.');
  return /^arn:|^\*$/.test(resource) ? resource : null;
}

/** The text of S3's XML or of JSON around it, line breaks of a terminal taken out. */
function unwrapped(text: string): string {
  const xml = /<Message>([\s\S]*?)<\/Message>/i.exec(text)?.[1];
  const code = /<Code>([\s\S]*?)<\/Code>/i.exec(text)?.[1] ?? '';
  const plain = xml === undefined ? text : `${code}: ${xml}`;
  return plain
    .replace(/\\?&quot;|\\"/g, '"')
    .replace(/&apos;|&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .trim();
}

function actionOfOperation(message: string): string | null {
  const operation = /when calling the (\w+) operation/.exec(message)?.[1];
  return operation === undefined ? null : s3ActionOf(operation);
}
