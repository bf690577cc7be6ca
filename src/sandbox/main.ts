// The way in: commands import this file, and nothing else of the sandbox, when somebody asks for it.
import { badInput } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { models } from './models.ts';
import { requestHandlerOf, type SandboxRequestHandler } from './request-handler.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { buildScenario, scenarioNames } from './scenarios/index.ts';
import { serve } from './server.ts';
import { openStore } from './store.ts';
import { changeSpeed, scaledTime } from './time.ts';
import type { World } from './world.ts';

export interface SandboxCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface OpenedSandbox {
  readonly requestHandler: SandboxRequestHandler;
  readonly clock: Clock;
  readonly region: string;
  readonly identityNames: readonly string[];
  /** Throws bad input `SANDBOX_IDENTITY` where the scenario has no such identity. */
  credentialsFor(identity: string): SandboxCredentials;
  readonly hints: World['hints'];
  close(): Promise<void>;
}

export interface ServedSandbox {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** One set of environment lines per identity: `AWS_ENDPOINT_URL=…` and so on. */
  readonly environments: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly hints: World['hints'];
  /** Resolves when the server has stopped: after `close`, or when the signal was aborted. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

const defaultSpeed = 60;
/** Eleven days a second: past that, time leaves the calendar while somebody reads. */
const fastest = 1_000_000;
const defaultSeed = 1;

/**
 * Opens the sandbox that `dir` keeps (world.json, calls.jsonl), made anew where there is none or `reset` is set. `speed`
 * is simulated seconds per second, null: as stored, else 60. Throws bad input (exit 2) for an unknown scenario, a speed
 * that is not above 0, or a folder that holds another scenario.
 */
export async function openSandbox(options: {
  readonly dir: string;
  readonly scenario: string;
  readonly speed: number | null;
  readonly reset: boolean;
}): Promise<OpenedSandbox> {
  const sandbox = await storedSandbox(options);
  return {
    requestHandler: requestHandlerOf(sandbox),
    clock: sandbox.clock,
    region: sandbox.world().hints.region,
    identityNames: Object.keys(sandbox.world().identities),
    credentialsFor: (identity) => credentialsOf(sandbox.world(), identity),
    hints: sandbox.world().hints,
    close: async () => undefined,
  };
}

/**
 * Serves a sandbox on 127.0.0.1 until the signal is aborted; `dir` null keeps the world in memory. Throws as
 * `openSandbox`, and bad input `SANDBOX_PORT` where the port cannot be had.
 */
export async function serveSandbox(options: {
  readonly dir: string | null;
  readonly scenario: string;
  readonly port: number;
  readonly speed: number | null;
  readonly reset: boolean;
  readonly signal: AbortSignal;
}): Promise<ServedSandbox> {
  const { dir, scenario, port, signal } = options;
  const sandbox = dir === null ? memorySandbox(scenario, options.speed) : await storedSandbox({ ...options, dir });
  const server = await serve(sandbox, port);
  const world = sandbox.world();
  let stopped: (() => void) | undefined;
  const closed = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= server.close().then(() => stopped?.());
    return closing;
  };
  if (signal.aborted) await close();
  else signal.addEventListener('abort', () => void close(), { once: true });
  return {
    url: server.url,
    environments: Object.keys(world.identities).map((name) => ({ name, lines: environmentOf(world, name, server.url) })),
    hints: world.hints,
    closed,
    close,
  };
}

async function storedSandbox(options: {
  readonly dir: string;
  readonly scenario: string;
  readonly speed: number | null;
  readonly reset: boolean;
}): Promise<Sandbox> {
  const { dir, reset, speed } = options;
  const build = () => newWorld(options.scenario, speed ?? defaultSpeed);
  checkScenario(options.scenario);
  checkSpeed(speed);
  const store = openStore(dir, options.scenario, { reset, build });
  const sandbox = createSandbox({ world: store, models, time: scaledTime() });
  if (speed !== null && sandbox.world().clock.speed !== speed) await sandbox.change((world) => changeSpeed(world.clock, speed));
  return sandbox;
}

function memorySandbox(scenario: string, speed: number | null): Sandbox {
  checkScenario(scenario);
  checkSpeed(speed);
  return createSandbox({ world: newWorld(scenario, speed ?? defaultSpeed), models, time: scaledTime() });
}

const newWorld = (scenario: string, speed: number): World => buildScenario(scenario, { now: Date.now(), speed, seed: defaultSeed });

function checkScenario(scenario: string): void {
  if (scenarioNames.some((name) => name === scenario)) return;
  throw badInput('SANDBOX_SCENARIO', `opening sandbox (${scenario}): there is no such scenario`, `give one of ${scenarioNames.join(', ')}`);
}

function checkSpeed(speed: number | null): void {
  if (speed === null || (speed > 0 && speed <= fastest)) return;
  throw badInput(
    'SANDBOX_SPEED',
    `reading --sandbox-speed${Number.isNaN(speed) ? '' : ` (${speed})`}: it is not a number above 0, at most ${fastest}`,
    'give simulated seconds per second, such as 60',
  );
}

function credentialsOf(world: World, identity: string): SandboxCredentials {
  const accessKeyId = world.identities[identity];
  const key = accessKeyId === undefined ? undefined : world.accessKeys[accessKeyId];
  if (accessKeyId === undefined || !key) {
    throw badInput(
      'SANDBOX_IDENTITY',
      `finding sandbox identity (${identity}): the scenario has none of that name`,
      `use one of ${Object.keys(world.identities).join(', ')}`,
    );
  }
  const { secretAccessKey, sessionToken } = key;
  return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
}

function environmentOf(world: World, identity: string, url: string): readonly string[] {
  const { accessKeyId, secretAccessKey, sessionToken } = credentialsOf(world, identity);
  return [
    `AWS_ENDPOINT_URL=${url}`,
    `AWS_REGION=${world.hints.region}`,
    `AWS_DEFAULT_REGION=${world.hints.region}`,
    `AWS_ACCESS_KEY_ID=${accessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    ...(sessionToken === undefined ? [] : [`AWS_SESSION_TOKEN=${sessionToken}`]),
  ];
}
