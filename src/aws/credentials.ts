// Where each side's credentials come from, and one shared set of them per side, so that a prompt for an MFA code comes
// once and not once per client.
import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Clock } from '../ports.ts';
import type { Environment } from './proxy.ts';

export type Provider = ReturnType<typeof fromTemporaryCredentials>;
type Credentials = Awaited<ReturnType<Provider>>;
type NestedClientConfig = NonNullable<NonNullable<Parameters<typeof fromNodeProviderChain>[0]>['clientConfig']>;

export interface CredentialSource {
  readonly profile: string | null;
  readonly roleArn: string | null;
}

export interface CredentialPorts {
  readonly env: Environment;
  readonly clock: Clock;
  /** Proxy and time-outs for the calls that fetch credentials. No Region in it: it would override the SSO session's. */
  readonly requestHandler: NonNullable<NestedClientConfig['requestHandler']>;
  readonly region: string;
  /** Asks for the code of this MFA device. */
  mfaPrompt(serial: string): Promise<string>;
}

// The chain warns on the console where both AWS_PROFILE and static keys are set; the first lines of every run say which is used.
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Providers for the Quilt account and for the organization. The organization's side starts from the same base
 * credentials, before `--role-arn`, unless it has a profile of its own.
 */
export function providersFor(
  quilt: CredentialSource,
  organization: CredentialSource,
  ports: CredentialPorts,
): { readonly quilt: Provider; readonly organization: Provider } {
  const base = shared(chain(quilt.profile, ports), ports.clock);
  const organizationBase = organization.profile === null ? base : shared(chain(organization.profile, ports), ports.clock);
  return {
    quilt: quilt.roleArn === null ? base : shared(assumed(quilt.roleArn, base, ports), ports.clock),
    organization:
      organization.roleArn === null ? organizationBase : shared(assumed(organization.roleArn, organizationBase, ports), ports.clock),
  };
}

/** Where a side's credentials come from, in words: `profile quilt-prod`, `environment`, `default credentials`, and the role on top. */
export function sourceInWords(side: CredentialSource, env: Environment): string {
  const profile = side.profile ?? env.AWS_PROFILE ?? null;
  const base =
    profile !== null && profile !== ''
      ? `profile ${profile}`
      : (env.AWS_ACCESS_KEY_ID ?? '') === ''
        ? 'default credentials'
        : 'environment';
  return side.roleArn === null ? base : `${base}, role ${side.roleArn}`;
}

const chain = (profile: string | null, ports: CredentialPorts): Provider =>
  fromNodeProviderChain({
    ...(profile === null ? {} : { profile }),
    clientConfig: { requestHandler: ports.requestHandler },
    mfaCodeProvider: (serial) => ports.mfaPrompt(serial),
    logger: silent,
  });

const assumed = (roleArn: string, base: Provider, ports: CredentialPorts): Provider =>
  fromTemporaryCredentials({
    masterCredentials: () => base(),
    params: { RoleArn: roleArn, RoleSessionName: 'quilt-perimeter' },
    clientConfig: { region: ports.region, requestHandler: ports.requestHandler },
    mfaCodeProvider: (serial) => ports.mfaPrompt(serial),
    logger: silent,
  });

const renewBefore = 5 * 60_000;

// Clients keep credentials by the computer's time. These expire by `clock`, so clients are told to ask at each call.
function shared(provider: Provider, clock: Clock): Provider {
  let held: Promise<Credentials> | null = null;
  return async (properties) => {
    const before = await held?.catch(() => null);
    const fresh =
      before !== undefined &&
      before !== null &&
      (before.expiration === undefined || before.expiration.getTime() - clock.now().getTime() > renewBefore);
    if (!fresh) {
      held = provider(properties);
      held.catch(() => {
        held = null;
      });
    }
    const credentials = await (held ?? provider(properties));
    return { ...credentials, expiration: new Date(0) };
  };
}
