// Settings: defaults < file < flags, checked alike, with where each came from.
import { join, resolve } from 'node:path';
import { badInput, shown } from '../errors.ts';
import type { FindingCode } from '../findings.ts';
import { confirmWithin, secondsOf } from './duration.ts';
import type { ConfigFile } from './schema.ts';
import * as values from './values.ts';

/** Flags as commander hands them over: lists are split already; undefined where the flag was not given. */
export interface FlagValues {
  readonly dir?: string | undefined;
  readonly config?: string | undefined;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly roleArn?: string | undefined;
  readonly orgProfile?: string | undefined;
  readonly orgRoleArn?: string | undefined;
  readonly stack?: string | undefined;
  readonly parameter?: string | undefined;
  readonly vpc?: string | undefined;
  readonly subnet?: readonly string[] | undefined;
  readonly privateDns?: string | undefined;
  readonly nat?: string | undefined;
  readonly bucket?: readonly string[] | undefined;
  readonly trustedVpc?: readonly string[] | undefined;
  readonly trustedCidr?: readonly string[] | undefined;
  readonly clientCidr?: readonly string[] | undefined;
  readonly exemptTag?: string | undefined;
  readonly policyName?: string | undefined;
  readonly vpcKey?: string | undefined;
  readonly testBucket?: string | undefined;
  readonly target?: readonly string[] | undefined;
  readonly operatorIp?: string | undefined;
  readonly accept?: readonly string[] | undefined;
  readonly confirmWithin?: string | undefined;
}

/** One side's way to its credentials; null where the SDK's own default is meant. */
export interface CredentialSettings {
  readonly profile: string | null;
  readonly roleArn: string | null;
}

/** The choices of the file and the flags: `Wanted` of the steps without what only a command line says. */
export interface WantedSettings {
  readonly stack: string | null;
  readonly parameter: string | null;
  readonly vpc: string | null;
  readonly subnets: readonly string[];
  readonly privateDns: boolean;
  readonly nat: 'auto' | 'single' | 'per-zone' | 'none';
  readonly buckets: readonly string[];
  readonly trustedVpcs: readonly string[];
  readonly trustedCidrs: readonly string[];
  readonly clientCidrs: readonly string[];
  readonly exemptTag: string;
  readonly policyName: string;
  readonly vpcKey: 'id' | 'arn';
  readonly resourceAccounts: readonly string[];
  readonly accessPoints: boolean;
  readonly protectExemptTag: boolean;
  readonly tagAdministrator: string | null;
  readonly testBucket: string | null;
  readonly targets: readonly string[];
  readonly operatorIp: string | null;
  readonly accept: readonly FindingCode[];
}

export interface Settings {
  readonly region: string | null;
  readonly quilt: CredentialSettings;
  readonly organization: CredentialSettings;
  readonly wanted: WantedSettings;
  /** Of a run, never of the file: seconds after which AWS ends what denies, unless it is confirmed. */
  readonly confirmWithin: number | null;
  /** Keys of the file whose value came from a flag, with the flag as it was given: `stack.name` → `--stack quilt-prod`. */
  readonly fromFlags: { readonly [key: string]: string };
}

/** Where a run's files are. */
export interface Paths {
  readonly dir: string;
  readonly config: string;
  /** True where `--config` named it: then it has to be there. */
  readonly configNamed: boolean;
  /** Journal, lock, world. */
  readonly state: string;
}

/**
 * The run's files under `--dir` (default `cwd`). On the sandbox all of them live in `.quilt-perimeter/sandbox/`, so that
 * the real ones are neither read nor written.
 * @throws PerimeterError FLAG (exit 2) for an empty name: a script's variable that was not set must not mean this folder.
 */
export function pathsOf(flags: Pick<FlagValues, 'dir' | 'config'>, cwd: string, sandbox: boolean): Paths {
  if (flags.dir === '') throw flagError('--dir', '', 'expected a folder');
  if (flags.config === '') throw flagError('--config', '', 'expected a file');
  const dir = resolve(cwd, flags.dir ?? '.');
  const state = sandbox ? join(dir, '.quilt-perimeter', 'sandbox') : join(dir, '.quilt-perimeter');
  const home = sandbox ? state : dir;
  const config = flags.config === undefined ? join(home, 'quilt-perimeter.yaml') : resolve(cwd, flags.config);
  return { dir, config, configNamed: flags.config !== undefined, state };
}

/**
 * Settings from the file and the flags.
 * @throws PerimeterError FLAG (exit 2): the flag, its value and what was expected.
 */
export function settingsOf(file: ConfigFile | null, flags: FlagValues): Settings {
  const perimeter = file?.perimeter ?? {};
  const one = (flag: string, value: string | undefined, check: values.Check): string | null => {
    if (value === undefined) return null;
    const problem = check(value);
    if (problem !== null) throw flagError(flag, value, problem);
    return value;
  };
  const many = (flag: string, items: readonly string[] | undefined, check: values.Check): readonly string[] | null => {
    if (items === undefined) return null;
    for (const item of items) one(flag, item, check);
    return items;
  };
  const within = one('--confirm-within', flags.confirmWithin, confirmWithin);
  const accept = many('--accept', flags.accept, values.findingCode) ?? file?.accept ?? [];
  return {
    region: one('--region', flags.region, values.region) ?? file?.aws?.region ?? null,
    quilt: {
      profile: one('--profile', flags.profile, values.profileName) ?? file?.aws?.profile ?? null,
      roleArn: one('--role-arn', flags.roleArn, values.roleArn) ?? file?.aws?.roleArn ?? null,
    },
    organization: {
      profile: one('--org-profile', flags.orgProfile, values.profileName) ?? file?.organization?.profile ?? null,
      roleArn: one('--org-role-arn', flags.orgRoleArn, values.roleArn) ?? file?.organization?.roleArn ?? null,
    },
    wanted: {
      stack: one('--stack', flags.stack, values.stackName) ?? file?.stack?.name ?? null,
      parameter: one('--parameter', flags.parameter, values.parameterName) ?? file?.stack?.parameter ?? null,
      vpc: one('--vpc', flags.vpc, values.vpcId) ?? file?.network?.vpc ?? null,
      subnets: unique(many('--subnet', flags.subnet, values.subnetId) ?? file?.network?.subnets ?? []),
      privateDns: onOff('--private-dns', flags.privateDns) ?? file?.endpoints?.apiGateway?.privateDns ?? true,
      nat: oneOf('--nat', flags.nat, ['auto', 'single', 'per-zone', 'none']) ?? file?.nat?.mode ?? 'auto',
      buckets: unique(atLeastOne('--bucket', many('--bucket', flags.bucket, values.bucketPattern)) ?? perimeter.buckets ?? ['quilt*']),
      trustedVpcs: unique(many('--trusted-vpc', flags.trustedVpc, values.vpcId) ?? perimeter.trustedVpcs ?? []),
      trustedCidrs: unique(many('--trusted-cidr', flags.trustedCidr, values.trustedCidr) ?? perimeter.trustedCidrs ?? []),
      clientCidrs: unique(many('--client-cidr', flags.clientCidr, values.clientCidr) ?? perimeter.clientCidrs ?? []),
      exemptTag: one('--exempt-tag', flags.exemptTag, values.tagKey) ?? perimeter.exemptTag ?? 'NetworkRestrictedExempt',
      policyName: one('--policy-name', flags.policyName, values.policyName) ?? perimeter.policyName ?? 'QuiltDataPerimeter',
      vpcKey: oneOf('--vpc-key', flags.vpcKey, ['id', 'arn']) ?? perimeter.vpcKey ?? 'id',
      resourceAccounts: unique(perimeter.resourceAccounts ?? []),
      accessPoints: perimeter.accessPoints ?? false,
      protectExemptTag: perimeter.protectExemptTag ?? false,
      tagAdministrator: perimeter.tagAdministrator ?? null,
      testBucket: one('--test-bucket', flags.testBucket, values.bucketName) ?? file?.test?.bucket ?? null,
      targets: unique(many('--target', flags.target, values.targetId) ?? file?.organization?.targets ?? []),
      operatorIp: one('--operator-ip', flags.operatorIp, values.ipAddress) ?? file?.operator?.ip ?? null,
      accept: unique(accept).filter(values.isFindingCode),
    },
    confirmWithin: within === null ? null : secondsOf(within),
    fromFlags: flagsGiven(flags),
  };
}

const flagKeys = {
  profile: 'aws.profile',
  region: 'aws.region',
  roleArn: 'aws.roleArn',
  orgProfile: 'organization.profile',
  orgRoleArn: 'organization.roleArn',
  stack: 'stack.name',
  parameter: 'stack.parameter',
  vpc: 'network.vpc',
  subnet: 'network.subnets',
  privateDns: 'endpoints.apiGateway.privateDns',
  nat: 'nat.mode',
  bucket: 'perimeter.buckets',
  trustedVpc: 'perimeter.trustedVpcs',
  trustedCidr: 'perimeter.trustedCidrs',
  clientCidr: 'perimeter.clientCidrs',
  exemptTag: 'perimeter.exemptTag',
  policyName: 'perimeter.policyName',
  vpcKey: 'perimeter.vpcKey',
  testBucket: 'test.bucket',
  target: 'organization.targets',
  operatorIp: 'operator.ip',
  accept: 'accept',
} as const satisfies Partial<Record<keyof FlagValues, string>>;

function flagsGiven(flags: FlagValues): { readonly [key: string]: string } {
  const given: { [key: string]: string } = {};
  for (const [name, key] of Object.entries(flagKeys)) {
    const value = flags[name as keyof typeof flagKeys];
    if (value === undefined) continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    given[key] = `${flag} ${typeof value === 'string' ? value : value.join(',')}`;
  }
  return given;
}

/** The error of a flag with a wrong value: `reading --vpc (x): problem` (exit 2). */
export const flagError = (flag: string, value: string, problem: string) =>
  badInput('FLAG', `reading ${flag} (${shown(value)}): ${problem}`, 'quilt-perimeter --help lists the flags and their values');

function oneOf<const T extends string>(flag: string, value: string | undefined, allowed: readonly T[]): T | null {
  if (value === undefined) return null;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw flagError(flag, value, `expected one of ${allowed.join(', ')}`);
  return found;
}

const onOff = (flag: string, value: string | undefined): boolean | null => {
  const word = oneOf(flag, value, ['on', 'off']);
  return word === null ? null : word === 'on';
};

function atLeastOne(flag: string, items: readonly string[] | null): readonly string[] | null {
  if (items !== null && items.length === 0) throw flagError(flag, '', 'an empty pattern matches no bucket; name one such as quilt*');
  return items;
}

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];
