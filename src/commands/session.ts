// What every command but `sandbox` begins with: the settings, the clients of both sides, the clock, and who you are.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AwsContext } from '../aws/context.ts';
import type { ConfigFile } from '../config/schema.ts';
import type { Paths, Settings } from '../config/settings.ts';
import type { Clock, Ids, Json, Place } from '../ports.ts';
import type { Survey } from '../steps/landscape.ts';
import type { Ui } from '../ui/ui.ts';
import type { Flags } from './flags.ts';
import type { ProgramPorts } from './ports.ts';

/** What the scenario offers as answers; null outside the sandbox. */
export interface Hints {
  readonly testBucket: string;
  readonly stack: string;
  readonly vpc: string;
  readonly trustedVpcs: readonly string[];
  readonly trustedCidrs: readonly string[];
  readonly target: string;
  readonly region: string;
}

/** A command in progress. */
export interface Run {
  readonly flags: Flags;
  readonly args: readonly string[];
  readonly ports: ProgramPorts;
  readonly ui: Ui;
  /** The run's clock; a sandbox sets its own. */
  setClock(clock: Clock): void;
}

export interface Session {
  readonly run: Run;
  readonly ui: Ui;
  readonly paths: Paths;
  readonly file: { readonly text: string; readonly config: ConfigFile } | null;
  readonly settings: Settings;
  readonly ctx: AwsContext;
  readonly ids: Ids;
  readonly hints: Hints | null;
  close(): Promise<void>;
}

/**
 * Reads file and flags, and asks AWS nothing.
 * @throws PerimeterError (exit 2) for whatever is wrong in them.
 */
export async function readSettings({ flags, ports }: Pick<Run, 'flags' | 'ports'>): Promise<Pick<Session, 'paths' | 'file' | 'settings'>> {
  const { loadConfig } = await import('../config/load.ts');
  const { pathsOf, settingsOf } = await import('../config/settings.ts');
  const paths = pathsOf(flags, ports.cwd, flags.sandbox !== undefined);
  const file = isAnew(flags) && !paths.configNamed ? null : await loadConfig(paths.config, paths.configNamed);
  return { paths, file, settings: settingsOf(file?.config ?? null, flags) };
}

const isAnew = (flags: Flags): boolean => flags.sandbox !== undefined && flags.sandboxReset === true;

/**
 * Opens a session: file and flags, then the sandbox or AWS.
 * @throws PerimeterError (exit 2) for whatever is wrong in them.
 */
export async function openSession(run: Run): Promise<Session> {
  const { flags, ports, ui } = run;
  const { paths, file, settings } = await readSettings(run);
  const sandbox = flags.sandbox === undefined ? null : await openEmbedded(run, paths);
  if (isAnew(flags)) await forgetSandbox(paths);
  const clock = sandbox?.clock ?? (await servedClock(ports.env)) ?? ports.clock;
  run.setClock(clock);
  const { createClients } = await import('../aws/clients.ts');
  const aws = await createClients({
    region: settings.region,
    quilt: settings.quilt,
    organization: settings.organization,
    env: ports.env,
    clock,
    random: ports.random,
    mfaPrompt: async (serial) => (await ui.ask({ kind: 'code', id: 'mfa', text: `MFA code for ${serial}` }))[0] ?? '',
    sandbox: sandbox === null ? null : { ...sandbox, region: sandbox.hints.region },
  });
  return {
    run,
    ui,
    paths,
    file,
    settings,
    ctx: { aws, clock, signal: ports.signal },
    ids: ports.ids,
    hints: sandbox?.hints ?? null,
    close: async () => sandbox?.close(),
  };
}

// A journal and choices of a world that is no more would only mislead.
async function forgetSandbox(paths: Paths): Promise<void> {
  await rm(join(paths.state, 'journal.jsonl'), { force: true });
  if (!paths.configNamed) await rm(paths.config, { force: true });
}

async function openEmbedded({ flags }: Run, paths: Paths) {
  const { openSandbox } = await import('../sandbox/main.ts');
  return openSandbox({
    dir: paths.state,
    scenario: flags.sandbox === undefined || flags.sandbox === '' ? 'greenfield' : flags.sandbox,
    speed: flags.sandboxSpeed === undefined ? null : Number(flags.sandboxSpeed),
    reset: flags.sandboxReset === true,
  });
}

// A sandbox that another process serves keeps its own time; anything else on a loopback endpoint does not answer this.
async function servedClock(env: ProgramPorts['env']): Promise<Clock | null> {
  const endpoint = env.AWS_ENDPOINT_URL ?? '';
  if (!URL.canParse(endpoint)) return null;
  const { hostname, origin } = new URL(endpoint);
  const { isLoopback } = await import('../aws/proxy.ts');
  if (!isLoopback(hostname)) return null;
  const reading = await readServedClock(`${origin}/_sandbox/clock`);
  if (reading === null) return null;
  const { clockInStep } = await import('../clock.ts');
  return clockInStep(reading);
}

/** Milliseconds. A sandbox on a busy machine may take a while; where nothing listens, the connection is refused at once. */
const patience = 5_000;

async function readServedClock(url: string): Promise<{ readonly now: string; readonly speed: number } | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patience) });
    if (!answer.ok) return null;
    const body: unknown = await answer.json();
    if (typeof body !== 'object' || body === null || !('now' in body) || !('speed' in body)) return null;
    const now = typeof body.now === 'number' ? new Date(body.now).toISOString() : String(body.now);
    return Number.isNaN(Date.parse(now)) || typeof body.speed !== 'number' || !(body.speed > 0) ? null : { now, speed: body.speed };
  } catch (error) {
    // No sandbox there: refused, too slow, or an answer that is no JSON. The real clock is right then.
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Where these credentials stand. */
export const placeOf = (
  survey: Pick<Survey, 'quilt' | 'organization'>,
  chosen: { readonly stack: string | null; readonly vpc: string | null },
): Place => ({
  partition: survey.quilt.partition,
  accountId: survey.quilt.accountId,
  region: survey.quilt.region,
  organizationId: survey.organization.known ? survey.organization.value.id : null,
  managementAccountId: survey.organization.known ? survey.organization.value.managementAccountId : null,
  stack: chosen.stack,
  vpc: chosen.vpc,
});

/** Who the operator is on both sides, for the journal. */
export const identitiesOf = (survey: Pick<Survey, 'quilt' | 'organizationSide'>): Json => ({
  quilt: { arn: survey.quilt.arn, source: survey.quilt.source },
  organization: survey.organizationSide.known
    ? { arn: survey.organizationSide.value.arn, source: survey.organizationSide.value.source }
    : null,
});

/** Says who you are on both sides. */
export async function sayWho(ui: Ui, survey: Pick<Survey, 'quilt' | 'organizationSide' | 'organization'>): Promise<void> {
  const { renderWho } = await import('../ui/render-who.ts');
  const organization = survey.organization.known ? survey.organization.value.id : null;
  ui.progress(renderWho({ ...survey, organization }, ui.page.paint, ui.page.width));
}
