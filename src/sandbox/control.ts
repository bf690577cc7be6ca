// What tests ask of the sandbox besides AWS: its world, its clock, its calls, faults, and who could do what. The same
// functions stand behind /_sandbox/ and the in-process sandbox.
import { type Primed, primedOf } from './athena/primed.ts';
import { emptyAthena } from './athena/state.ts';
import type { CallRecord } from './call-log.ts';
import { type CanAnswer, type CanQuestion, can } from './can.ts';
import { deliverAll, deliveredFiles } from './cloudtrail/deliver.ts';
import { setRecording } from './cloudtrail/recording.ts';
import { faultsOf } from './fault-request.ts';
import type { Fault } from './fault-types.ts';
import type { Sandbox } from './sandbox.ts';
import { canonicalWorld, type Plain } from './world-view.ts';

export const controlPrefix = '/_sandbox/';

export interface Control {
  world(): Plain;
  clock(): { readonly now: string; readonly speed: number };
  /** Moves simulated time forward by so many milliseconds. */
  advance(milliseconds: number): Promise<void>;
  /** Arms faults; an empty list disarms all. */
  arm(faults: readonly Fault[]): Promise<void>;
  calls(): readonly CallRecord[];
  can(question: CanQuestion): CanAnswer;
  /** Says what Athena answers from now on. */
  primeAthena(primed: Primed): Promise<void>;
  /**
   * Turns the writing of trails on or off. Where no trail logs S3's data events, turning it on makes one that does, in the
   * account of the scenario's operator.
   */
  record(on: boolean): Promise<void>;
  /** Delivers what waits, and answers every file that trails have delivered. */
  trail(): Promise<readonly TrailFile[]>;
}

export interface TrailFile {
  readonly bucket: string;
  readonly key: string;
  /** Gzipped. */
  readonly body: Uint8Array;
}

/** The control calls of a sandbox as functions. */
export function controlOf(sandbox: Sandbox): Control {
  return {
    world: () => canonicalWorld(sandbox.world(), sandbox.time.now(sandbox.world().clock)),
    clock: () => ({ now: sandbox.clock.now().toISOString(), speed: sandbox.world().clock.speed }),
    advance: (milliseconds) => sandbox.change((world) => sandbox.time.advance(world.clock, milliseconds)),
    arm: (faults) =>
      sandbox.change((world) => {
        if (faults.length === 0) world.faults = [];
        else world.faults.push(...faults.map((fault) => ({ ...fault })));
      }),
    calls: () => sandbox.calls(),
    can: (question) => can(sandbox.world(), question, sandbox.time.now(sandbox.world().clock)),
    primeAthena: (primed) =>
      sandbox.change((world) => {
        world.athena = { ...(world.athena ?? emptyAthena()), ...structuredClone(primed) };
      }),
    record: (on) => sandbox.change((world) => setRecording(world, on)),
    trail: () =>
      sandbox.change((world) => {
        deliverAll(world, sandbox.time.now(world.clock));
        return deliveredFiles(world);
      }),
  };
}

export interface ControlAnswer {
  readonly status: number;
  readonly value: unknown;
}

/** Answers a request under /_sandbox/. What it cannot make sense of is 400 or 404 with `{ error }`. */
export async function answerControl(sandbox: Sandbox, method: string, url: string, body: Uint8Array): Promise<ControlAnswer> {
  const control = controlOf(sandbox);
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  switch (`${method} ${pathname.slice(controlPrefix.length)}`) {
    case 'GET world':
      return ok(control.world());
    case 'GET clock':
      return ok(control.clock());
    case 'GET calls':
      return ok(control.calls());
    case 'GET can': {
      const question = {
        principal: searchParams.get('principal') ?? '',
        from: searchParams.get('from') ?? '',
        action: searchParams.get('action') ?? '',
        resource: searchParams.get('resource') ?? '',
      };
      return question.principal && question.action ? ok(control.can(question)) : refused('give principal, from, action and resource');
    }
    case 'GET trail': {
      const files = await control.trail();
      return ok({ files: files.map(({ bucket, key, body }) => ({ bucket, key, gzip: Buffer.from(body).toString('base64') })) });
    }
    case 'POST trail': {
      const on = recordingOf(parse(body));
      if (on === null) return refused('give { "recording": true } or { "recording": false }');
      await control.record(on);
      return ok({ recording: on });
    }
    case 'POST clock': {
      const milliseconds = advanceOf(parse(body));
      if (milliseconds === null) return refused('give { "advance": milliseconds }, 0 or more');
      await control.advance(milliseconds);
      return ok(control.clock());
    }
    case 'POST faults': {
      const faults = faultsOf(parse(body));
      if (typeof faults === 'string') return refused(faults);
      await control.arm(faults);
      return ok({ armed: sandbox.world().faults });
    }
    case 'POST athena': {
      const primed = primedOf(parse(body));
      if (typeof primed === 'string') return refused(primed);
      await control.primeAthena(primed);
      return ok({ primed: Object.keys(primed) });
    }
    default:
      return { status: 404, value: { error: `no control call ${method} ${pathname}` } };
  }
}

const ok = (value: unknown): ControlAnswer => ({ status: 200, value });

const refused = (error: string): ControlAnswer => ({ status: 400, value: { error } });

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function recordingOf(value: unknown): boolean | null {
  if (typeof value !== 'object' || value === null || !('recording' in value)) return null;
  return typeof value.recording === 'boolean' ? value.recording : null;
}

function advanceOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('advance' in value)) return null;
  const { advance } = value;
  return typeof advance === 'number' && Number.isFinite(advance) && advance >= 0 ? advance : null;
}
