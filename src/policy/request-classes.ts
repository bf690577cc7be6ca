// Who asks, for what, of which resource: one of each for every way in which the statements of policies can tell them apart.
import type { ContextValues } from './context.ts';
import { listOf, type OneOrMore, type PolicyDocument, type Statement } from './document.ts';
import { piecesOf } from './match.ts';
import { operatorOf } from './operators.ts';
import { type Classes, type Pattern, textClasses } from './texts.ts';

export interface Caller {
  /** As a request line has it. */
  readonly principal: string;
  readonly role: string | null;
}

export interface Call {
  readonly action: string;
  /** For S3's own actions; null: either. */
  readonly on: 'object' | 'bucket' | null;
}

const statementsOf = (documents: readonly PolicyDocument[]): readonly Statement[] => documents.flatMap(({ Statement }) => Statement);

const glob = (text: string): Pattern => ({ pieces: piecesOf(text), compare: 'text' });

const onObjects = [
  's3:GetObject',
  's3:PutObject',
  's3:DeleteObject',
  's3:GetObjectVersion',
  's3:GetObjectTagging',
  's3:PutObjectTagging',
  's3:PutObjectAcl',
  's3:GetObjectAcl',
  's3:DeleteObjectVersion',
  's3:AbortMultipartUpload',
  's3:RestoreObject',
  's3:ListMultipartUploadParts',
];
const onBuckets = [
  's3:ListBucket',
  's3:GetBucketPolicy',
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:GetBucketLocation',
  's3:ListBucketVersions',
  's3:GetBucketAcl',
  's3:PutBucketAcl',
  's3:ListBucketMultipartUploads',
  's3:GetBucketVersioning',
  's3:PutBucketVersioning',
  's3:PutLifecycleConfiguration',
  's3:GetLifecycleConfiguration',
  's3:CreateBucket',
  's3:DeleteBucket',
  's3:GetEncryptionConfiguration',
  's3:PutEncryptionConfiguration',
  's3:GetBucketTagging',
  's3:PutBucketTagging',
];
const others = [
  'iam:CreateRole',
  'iam:TagRole',
  'sts:AssumeRole',
  'sts:TagSession',
  'ec2:DescribeInstances',
  'kms:Decrypt',
  'sqs:SendMessage',
];

/** One action for each combination of the statements' action patterns; of S3's, one on objects and one on buckets. */
export function actionClasses(documents: readonly PolicyDocument[]): Classes<Call> {
  const texts = statementsOf(documents).flatMap(({ Action, NotAction }) => listOf(Action ?? NotAction));
  const patterns = [...new Set(texts.map((text) => text.toLowerCase()))].map(glob);
  const domain = { forms: [glob('?*:?*')], letters: null };
  const proper = new Map([...onObjects, ...onBuckets, ...others].map((name) => [name.toLowerCase(), name]));
  const of = (names: readonly string[]): Classes<string> =>
    textClasses(
      patterns,
      domain,
      names.map((name) => name.toLowerCase()),
    );
  const calls = (names: readonly string[], on: Call['on']): Classes<Call> => {
    const { values, complete } = of(names);
    return { values: values.map((name) => ({ action: proper.get(name) ?? name, on: proper.has(name) ? on : null })), complete };
  };
  const [objects, buckets, rest] = [calls(onObjects, 'object'), calls(onBuckets, 'bucket'), calls(others, null)];
  const found = new Map([...objects.values, ...buckets.values, ...rest.values].map((call) => [call.action, call]));
  return { values: [...found.values()], complete: objects.complete };
}

/** One resource for each combination of the statements' resource patterns. Not complete where those have variables. */
export function resourceClasses(documents: readonly PolicyDocument[]): Classes<string> {
  const texts = [...new Set(statementsOf(documents).flatMap(({ Resource, NotResource }) => listOf(Resource ?? NotResource)))];
  const open = texts.filter((text) => /\$\{[^}]*\}/.test(text));
  const plain = texts.map((text) => text.replace(/\$\{[^}]*\}/g, '*'));
  const liked = plain
    .map((text) =>
      text
        .replace(/\/\*$/, '/key')
        .replace(/(?<=\w)\*/g, '-x')
        .replace(/[*?]/g, 'x'),
    )
    .filter((text) => /^arn:[^:]+:[^:]+:/.test(text));
  const preferred = [...liked, 'arn:aws:s3:::other-bucket', 'arn:aws:s3:::other-bucket/key'];
  const domain = { forms: [{ pieces: piecesOf('arn:?*:?*:*:*:?*'), compare: 'arn' as const }], letters: null };
  const bucket = textClasses([...plain.map(glob), glob('arn:*:s3:::*/*')], domain, preferred);
  return { values: bucket.values, complete: bucket.complete && open.length === 0 };
}

/** Whether an action can be about a resource at all: S3's on S3's, those on objects on objects. Others are not known here. */
export function isAbout({ action, on }: Call, resource: string): boolean {
  const [, service = '', rest = ''] = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.*)$/.exec(resource) ?? [];
  const isS3 = action.toLowerCase().startsWith('s3:');
  if (isS3 !== (service === 's3')) return false;
  return on === null || rest.includes('/') === (on === 'object');
}

const principalKeys = ['aws:principalarn', 'aws:principalaccount', 'aws:principalservicename', 'aws:username'];

/**
 * One caller for each combination of how statements name them and what conditions say of their ARN and account: roles, users and
 * root of each account that is mentioned and of one that is not, and, where a statement has a Principal, services and anonymous
 * requests.
 */
export function callerClasses(documents: readonly PolicyDocument[]): Classes<Caller> {
  const statements = statementsOf(documents);
  const principals = statements.flatMap(({ Principal, NotPrincipal }) => namesIn(Principal ?? NotPrincipal));
  const conditions = statements.flatMap(({ Condition }) =>
    Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, values]) =>
        principalKeys.includes(key.toLowerCase())
          ? [{ key: key.toLowerCase(), base: operatorOf(operator)?.base ?? '', values: listOf(values).map(String) }]
          : [],
      ),
    ),
  );
  const arns = conditions.filter(({ key }) => key === 'aws:principalarn');
  const patterns: readonly Pattern[] = [
    ...arns.flatMap(({ base, values }) =>
      values.map((value): Pattern => {
        if (base.startsWith('arn')) return { pieces: piecesOf(value), compare: 'arn' };
        const pieces = base.endsWith('like') ? piecesOf(value) : [{ literal: value }];
        return { pieces, compare: base.endsWith('ignorecase') ? 'folded' : 'text' };
      }),
    ),
    ...principals.map((name) => ({ pieces: [{ literal: name }], compare: 'text' as const })),
  ];
  const texts = [...principals, ...conditions.flatMap(({ values }) => values)];
  const mentioned = [...new Set(texts.flatMap((text) => text.match(/(?<!\d)\d{12}(?!\d)/g) ?? []))].slice(0, mostAccounts);
  const accounts = [
    ...new Set([
      ...mentioned,
      ...['111122223333', '444455556666', '777788889999']
        .filter((one) => !mentioned.includes(one))
        .slice(0, mentioned.length === 0 ? 2 : 1),
    ]),
  ];
  const partition = /arn:(aws[^:]*):/.exec(JSON.stringify(documents))?.[1] ?? 'aws';
  let complete = conditions.every(({ values }) => values.every((value) => !value.includes('${'))) && mentioned.length < mostAccounts;
  const ofAccount = (account: string, type: 'role' | 'user'): readonly Caller[] => {
    const iam = `arn:${partition}:iam::${account}`;
    const found = textClasses(patterns, { forms: [{ pieces: piecesOf(`${iam}:${type}/?*`), compare: 'arn' }], letters: null }, [
      `${iam}:${type}/example`,
    ]);
    complete &&= found.complete;
    return found.values.map((arn) => (type === 'user' ? { principal: arn, role: null } : sessionOf(arn)));
  };
  const hasPrincipals = statements.some(({ Principal, NotPrincipal }) => Principal !== undefined || NotPrincipal !== undefined);
  const services = [
    ...conditions.filter(({ key }) => key === 'aws:principalservicename').flatMap(({ values }) => values),
    ...principals,
  ].filter((name) => /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name));
  return {
    values: [
      ...accounts.flatMap((account) => ofAccount(account, 'role')),
      ...accounts.flatMap((account) => [...ofAccount(account, 'user'), { principal: `root:${account}`, role: null }]),
      ...principals
        .filter((name) => name.includes(':assumed-role/') || name.includes(':federated-user/'))
        .map((principal) => ({ principal, role: null })),
      ...(hasPrincipals
        ? ['anonymous', ...[...new Set([...services, 'other.amazonaws.com'])].map((name) => `service:${name}`)].map((principal) => ({
            principal,
            role: null,
          }))
        : []),
    ],
    complete,
  };
}

const mostAccounts = 12;

function sessionOf(role: string): Caller {
  const principal = role.replace(':iam:', ':sts:').replace(/:role\/.*?([^/]*)$/, ':assumed-role/$1/example');
  return { principal, role };
}

const namesIn = (principal: Statement['Principal']): readonly string[] =>
  principal === undefined || principal === '*'
    ? []
    : Object.values(principal as { readonly [kind: string]: OneOrMore<string> })
        .flatMap(listOf)
        .filter((name) => name !== '*');

/** What of a context is worth showing: the keys that are there, as the policies spell them. */
export const shownContext = (entries: readonly (readonly [string, readonly string[]])[]): ContextValues =>
  Object.fromEntries(entries.map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values]));
