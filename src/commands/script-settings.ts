// As whom, through which proxy and to which endpoints the script of a rollback calls AWS: as this command line would.
import type { Settings } from '../config/settings.ts';
import type { JournalState } from '../journal/journal.ts';
import type { Json } from '../ports.ts';
import type { ProgramPorts } from './ports.ts';

interface Side {
  readonly profile: string | null;
  readonly roleArn: string | null;
}

type Environment = ProgramPorts['env'];

/**
 * Both sides: what flags and file say, else AWS_PROFILE, else what the last run of the journal used. The organization's side
 * starts from the same base credentials unless it has its own.
 */
export function sidesOf(
  settings: Pick<Settings, 'quilt' | 'organization'>,
  env: Environment,
  { place, identities }: Pick<JournalState, 'place' | 'identities'>,
): {
  readonly quilt: Side & { readonly accounts: readonly string[] };
  readonly organization: Side & { readonly accounts: readonly string[] };
} {
  const isSaid = [settings.quilt, settings.organization].some(({ profile, roleArn }) => profile !== null || roleArn !== null);
  const fromEnvironment = [env.AWS_PROFILE, env.AWS_ACCESS_KEY_ID].some((value) => (value ?? '') !== '');
  const base = env.AWS_PROFILE === undefined || env.AWS_PROFILE === '' ? null : env.AWS_PROFILE;
  const given = {
    quilt: { profile: settings.quilt.profile ?? base, roleArn: settings.quilt.roleArn },
    organization: {
      profile: settings.organization.profile ?? settings.quilt.profile ?? base,
      roleArn: settings.organization.roleArn,
    },
  };
  const { quilt, organization } =
    isSaid || fromEnvironment ? given : { quilt: usedFor(identities, 'quilt'), organization: usedFor(identities, 'organization') };
  const ofOrganization = [place?.managementAccountId ?? null, accountIn(textIn(identities, 'organization', 'arn'))];
  return {
    quilt: { ...quilt, accounts: place === null ? [] : [place.accountId] },
    organization: { ...organization, accounts: [...new Set(ofOrganization)].filter((account) => account !== null) },
  };
}

/** The journal has the source of credentials in words: `profile quilt-prod, role arn:…`. */
function usedFor(identities: Json, side: string): Side {
  const source = textIn(identities, side, 'source') ?? '';
  const [, profile, roleArn] = /^(?:profile (.+?)|environment|default credentials)(?:, role (arn:\S+))?$/.exec(source) ?? [];
  return { profile: profile ?? null, roleArn: roleArn ?? null };
}

function textIn(json: Json, ...path: readonly string[]): string | null {
  const found = path.reduce<unknown>(
    (node, name) => (typeof node === 'object' && node !== null ? Reflect.get(node, name) : undefined),
    json,
  );
  return typeof found === 'string' ? found : null;
}

const accountIn = (arn: string | null): string | null => arn?.split(':')[4] ?? null;

const names = [
  ...['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'],
  ...['AWS_CA_BUNDLE', 'AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'AWS_ENDPOINT_URL'],
  ...['EC2', 'S3', 'CLOUDFORMATION', 'ORGANIZATIONS', 'STS'].map((service) => `AWS_ENDPOINT_URL_${service}`),
];

/** Proxy and endpoints of this environment. A value with a user's name or password in it is named only, never written down. */
export function environmentOf(env: Environment): {
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets: readonly string[];
} {
  const set = names.flatMap((name) => {
    const value = env[name] ?? '';
    return value === '' ? [] : [{ name, value }];
  });
  const isSecret = ({ value }: { readonly value: string }) => value.includes('@');
  return { environment: set.filter((each) => !isSecret(each)), secrets: set.filter(isSecret).map(({ name }) => name) };
}
