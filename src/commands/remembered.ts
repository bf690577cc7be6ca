// The choices that the journal remembers: what the last run that changed anything was made with. `status` goes by them;
// `plan` and `apply` say where they would take something back only because it was not said again.
import { type JournalState, stands } from '../journal/journal.ts';
import type { Json } from '../ports.ts';
import type { Choices, Wanted } from '../steps/choices.ts';
import type { Session } from './session.ts';

/** What is remembered, by its key in quilt-perimeter.yaml. Who runs the program, and what one run accepts, is not. */
const keys = {
  stack: 'stack.name',
  parameter: 'stack.parameter',
  vpc: 'network.vpc',
  subnets: 'network.subnets',
  privateDns: 'endpoints.apiGateway.privateDns',
  nat: 'nat.mode',
  buckets: 'perimeter.buckets',
  trustedVpcs: 'perimeter.trustedVpcs',
  trustedCidrs: 'perimeter.trustedCidrs',
  clientCidrs: 'perimeter.clientCidrs',
  exemptTag: 'perimeter.exemptTag',
  policyName: 'perimeter.policyName',
  vpcKey: 'perimeter.vpcKey',
  resourceAccounts: 'perimeter.resourceAccounts',
  accessPoints: 'perimeter.accessPoints',
  protectExemptTag: 'perimeter.protectExemptTag',
  tagAdministrator: 'perimeter.tagAdministrator',
  testBucket: 'test.bucket',
  targets: 'organization.targets',
} as const satisfies Partial<Record<keyof Wanted, string>>;

const flags: { readonly [key: string]: string } = {
  'stack.name': '--stack',
  'stack.parameter': '--parameter',
  'network.vpc': '--vpc',
  'network.subnets': '--subnet',
  'endpoints.apiGateway.privateDns': '--private-dns',
  'nat.mode': '--nat',
  'perimeter.buckets': '--bucket',
  'perimeter.trustedVpcs': '--trusted-vpc',
  'perimeter.trustedCidrs': '--trusted-cidr',
  'perimeter.clientCidrs': '--client-cidr',
  'perimeter.exemptTag': '--exempt-tag',
  'perimeter.policyName': '--policy-name',
  'perimeter.vpcKey': '--vpc-key',
  'test.bucket': '--test-bucket',
  'organization.targets': '--target',
};

export interface RememberedChoices {
  readonly [key: string]: Json;
}

/** What is to be remembered of a run: what was wanted, and what was decided where there was one candidate. */
export function toRemember(wanted: Wanted, { stack, parameter, vpc, testBucket, targets }: Choices): RememberedChoices {
  const made = { ...wanted, stack, parameter, vpc, testBucket, targets };
  const fields = Object.keys(keys) as readonly (keyof typeof keys)[];
  return Object.fromEntries(fields.map((field) => [keys[field], made[field]]));
}

/** Whether the file or a flag says something about this key, an empty list included. */
export function isSaid({ settings, file }: Pick<Session, 'settings' | 'file'>, key: string): boolean {
  if (key in settings.fromFlags) return true;
  const value = key
    .split('.')
    .reduce<unknown>((node, part) => (typeof node === 'object' && node !== null ? Reflect.get(node, part) : undefined), file?.config);
  return value !== undefined;
}

/** What is wanted, with what was remembered wherever neither the file nor a flag says anything. */
export function withRemembered(wanted: Wanted, remembered: RememberedChoices | null, said: (key: string) => boolean): Wanted {
  const recall = <T extends Json>(field: keyof typeof keys, now: T, is: (value: Json) => value is T): T => {
    const value = remembered?.[keys[field]];
    return value === undefined || said(keys[field]) || !is(value) ? now : value;
  };
  return {
    ...wanted,
    stack: recall('stack', wanted.stack, isTextOrNull),
    parameter: recall('parameter', wanted.parameter, isTextOrNull),
    vpc: recall('vpc', wanted.vpc, isTextOrNull),
    subnets: recall('subnets', wanted.subnets, isTexts),
    privateDns: recall('privateDns', wanted.privateDns, isTruth),
    nat: recall('nat', wanted.nat, oneOf(['auto', 'single', 'per-zone', 'none'])),
    buckets: recall('buckets', wanted.buckets, isTexts),
    trustedVpcs: recall('trustedVpcs', wanted.trustedVpcs, isTexts),
    trustedCidrs: recall('trustedCidrs', wanted.trustedCidrs, isTexts),
    clientCidrs: recall('clientCidrs', wanted.clientCidrs, isTexts),
    exemptTag: recall('exemptTag', wanted.exemptTag, isText),
    policyName: recall('policyName', wanted.policyName, isText),
    vpcKey: recall('vpcKey', wanted.vpcKey, oneOf(['id', 'arn'])),
    resourceAccounts: recall('resourceAccounts', wanted.resourceAccounts, isTexts),
    accessPoints: recall('accessPoints', wanted.accessPoints, isTruth),
    protectExemptTag: recall('protectExemptTag', wanted.protectExemptTag, isTruth),
    tagAdministrator: recall('tagAdministrator', wanted.tagAdministrator, isTextOrNull),
    testBucket: recall('testBucket', wanted.testBucket, isTextOrNull),
    targets: recall('targets', wanted.targets, isTexts),
  };
}

/** What is wanted; where nothing was said, what the journal is about is what is meant. */
export function recalled(session: Pick<Session, 'settings' | 'file'>, said: Wanted, state: JournalState): Wanted {
  const wanted = withRemembered(said, state.choices, (key) => isSaid(session, key));
  const bucket = [...state.latest.values()].find(({ step }) => step === 'bucket-policy')?.change.target.name ?? null;
  return {
    ...wanted,
    stack: wanted.stack ?? state.place?.stack ?? null,
    vpc: wanted.vpc ?? state.place?.vpc ?? null,
    testBucket: wanted.testBucket ?? bucket,
  };
}

/**
 * One sentence on what the last run was made with and this one is not, since nobody says it any more. Null where that is
 * nothing, where it was said otherwise on purpose, or where nothing of that run stands.
 */
export function forgotten(journal: JournalState, now: RememberedChoices, said: (key: string) => boolean): string | null {
  const { choices, latest } = journal;
  const isThere = [...latest.values()].some((each) => stands(each) && each.change.irreversible === undefined);
  if (choices === null || !isThere) return null;
  const differs = (key: string) => !said(key) && key in now && JSON.stringify(choices[key]) !== JSON.stringify(now[key]);
  const lost = Object.keys(choices).filter(differs);
  if (lost.length === 0) return null;
  const given = lost.map((key) => `${flags[key] ?? key} ${inWords(key, choices[key] ?? null)}`.trimEnd());
  return `The last run was made with ${given.join(' and ')}, which neither the flags nor quilt-perimeter.yaml say now: it would be taken back. To keep it, say it again, or write it into the file.`;
}

const inWords = (key: string, value: Json): string => {
  if (key === 'endpoints.apiGateway.privateDns') return value === true ? 'on' : 'off';
  return isTexts(value) ? value.join(',') : value === null ? '' : String(value);
};

const isText = (value: Json): value is string => typeof value === 'string';
const isTextOrNull = (value: Json): value is string | null => value === null || isText(value);
const isTruth = (value: Json): value is boolean => typeof value === 'boolean';
const isTexts = (value: Json): value is readonly string[] => Array.isArray(value) && value.every(isText);
const oneOf =
  <const T extends string>(allowed: readonly T[]) =>
  (value: Json): value is T =>
    allowed.some((each) => each === value);
