// Runs one command: its Ui, its errors as one line, its exit code.
import { badInput, failed, PerimeterError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Ui } from '../ui/ui.ts';
import { type CommandName, type Flags, hasEvents, hasRail } from './flags.ts';
import type { ProgramPorts } from './ports.ts';
import type { Run } from './session.ts';

/** Runs the command and returns the process's exit code (cli.md). Never throws. */
export async function execute(name: CommandName, args: readonly string[], flags: Flags, ports: ProgramPorts): Promise<number> {
  let clock: Clock = ports.clock;
  const ui = await openUi(name, flags, ports, () => clock.now().toISOString());
  const run: Run = {
    flags,
    args,
    ports,
    ui,
    setClock: (given) => {
      clock = given;
    },
  };
  let code: number;
  try {
    const command = await load(name);
    code = await command(run);
  } catch (error) {
    const explained = await explain(error, ports);
    ui.error(explained);
    if (flags.debug === true) ports.stderr.write(`${stackOf(error)}\n`);
    code = explained.exitCode;
  }
  ui.done(outcomeOf(code), code);
  ui.close();
  return code;
}

/** The errors of the command line itself (an unknown flag), in the form that was asked for. */
export async function reportUsage(name: CommandName | null, message: string, json: boolean, ports: ProgramPorts): Promise<number> {
  const ui = await openUi(name ?? 'plan', json ? { json: true } : {}, ports, () => ports.clock.now().toISOString());
  ui.error(badInput('USAGE', message, 'quilt-perimeter --help'));
  ui.done('failed', 2);
  ui.close();
  return 2;
}

async function load(name: CommandName): Promise<(run: Run) => Promise<number>> {
  switch (name) {
    case 'init':
      return (await import('./init.ts')).init;
    case 'plan':
      return (await import('./plan.ts')).plan;
    case 'apply':
      return (await import('./apply.ts')).apply;
    case 'rollback':
      return (await import('./rollback.ts')).rollback;
    case 'confirm':
      return (await import('./confirm.ts')).confirm;
    case 'status':
      return (await import('./status.ts')).status;
    case 'explain':
      return (await import('./explain.ts')).explain;
    case 'assess':
      return (await import('./assess.ts')).assess;
    case 'verify':
      return (await import('./verify.ts')).verify;
    case 'watch':
      return (await import('./watch.ts')).watch;
    case 'report':
      return (await import('./report.ts')).report;
    case 'sandbox':
      return (await import('./sandbox.ts')).sandbox;
    case 'completion':
      return (await import('./completion.ts')).completion;
    default:
      return name satisfies never;
  }
}

async function openUi(name: CommandName, flags: Flags, ports: ProgramPorts, now: () => string): Promise<Ui> {
  const { stdin, stdout, stderr, env } = ports;
  const { plainPaint, colourPaint, coloursOf } = await import('../ui/paint.ts');
  const interactive = stdin.isTTY === true && stderr.isTTY === true;
  const coloured =
    interactive &&
    flags.plain !== true &&
    stdout.isTTY === true &&
    flags.color !== false &&
    (env.NO_COLOR ?? '') === '' &&
    env.TERM !== 'dumb';
  const page = {
    paint: coloured ? colourPaint(coloursOf(env)) : plainPaint,
    width: Math.max(40, Math.min(stderr.columns || 80, 120)),
    verbose: flags.verbose === true,
    plain: flags.plain === true,
  };
  const options = {
    stdin,
    stdout,
    stderr,
    page,
    signal: ports.signal,
    now,
    quiet: flags.quiet === true,
    yes: flags.yes === true,
    rail: hasRail(name),
    events: hasEvents(name) && flags.print !== true,
  };
  if (flags.json === true) return (await import('../ui/json.ts')).jsonUi(options);
  if (interactive && page.plain) return (await import('../ui/plain.ts')).plainUi(options);
  if (interactive) return (await import('../ui/terminal.ts')).terminalUi(options);
  return (await import('../ui/unattended.ts')).unattendedUi(options);
}

async function explain(error: unknown, ports: ProgramPorts): Promise<PerimeterError> {
  if (ports.signal.aborted && !(error instanceof PerimeterError && error.kind === 'interrupted')) {
    const text = { summary: 'interrupted: what had been begun is in the journal', remedy: 'run the same command again to go on' };
    return new PerimeterError('interrupted', 'INTERRUPTED', text, { cause: error });
  }
  const { explainError, rootOf } = await import('../aws/explain-error.ts');
  if (!(error instanceof PerimeterError)) return rootOf(error) === null ? unexpected(error) : explainError(error);
  if (error.kind !== 'failed') return error;
  // Underneath a failed change may be what a person has to see to first: expired credentials, no network, a proxy's page.
  const root = rootOf(error);
  const explained = root === null ? error : explainError(root, error.summary.split(': ')[0]);
  return ['CREDENTIALS', 'UNREACHABLE', 'UNREADABLE'].includes(explained.code) ? explained : error;
}

const unexpected = (error: unknown): PerimeterError =>
  failed(
    'UNEXPECTED',
    `running: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    'run again with --debug and report what it prints',
    error,
  );

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

const outcomeOf = (code: number): 'done' | 'stopped' | 'failed' | 'interrupted' => {
  if (code === 0 || code === 4) return 'done';
  if (code === 3) return 'stopped';
  return code === 130 ? 'interrupted' : 'failed';
};
