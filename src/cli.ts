// The composition root: parses the command line and wires the ports. Nothing else touches the process.
import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { CommanderError } from 'commander';
import { realClock } from './clock.ts';
import { commandNames } from './commands/flags.ts';
import type { ProgramPorts } from './commands/ports.ts';
import { type Asked, programOf } from './commands/program.ts';
import { PerimeterError } from './errors.ts';
import { programVersion } from './version.ts';

// Read by the SDK when its first client is made: its warning about Node versions is not for this program's users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

function portsOf(argv: readonly string[], signal: AbortSignal): ProgramPorts {
  return {
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal,
    clock: realClock,
    ids: { token: (length) => Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('') },
    random: Math.random,
    process,
    version: programVersion,
    commandLine: argv.join(' '),
  };
}

// The first signal lets the call in flight finish and journals it; the second ends the process at once.
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  // Every call and every wait listens; Node warns on the screen from the eleventh on.
  setMaxListeners(0, controller.signal);
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    const text = {
      summary: `interrupted by ${name}: what had been begun is in the journal`,
      remedy: 'run the same command again to go on',
    };
    controller.abort(new PerimeterError('interrupted', 'INTERRUPTED', text));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

// `--sandbox plan` means the default scenario and the command plan: the name is taken only after an equals sign.
function keepPositionals(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.map((arg, index) => (arg === '--sandbox' && (end === -1 || index < end) ? '--sandbox=' : arg));
}

/** Runs the program on these arguments and returns its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  let asked: Asked | null = null;
  const program = programOf((given) => {
    asked = given;
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => undefined, writeErr: () => undefined });
  }
  const usage = async (message: string): Promise<number> => {
    const { reportUsage } = await import('./commands/execute.ts');
    const name = commandNames.find((known) => argv.includes(known)) ?? null;
    return reportUsage(name, message, argv.includes('--json'), portsOf(argv, new AbortController().signal));
  };
  try {
    program.parse([...keepPositionals(argv)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    if (error.code === 'commander.help') return usage('reading the command line: a command is missing');
    return usage(`reading the command line: ${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}`);
  }
  if (asked === null) return usage('reading the command line: a command is missing');
  const { name, args, flags }: Asked = asked;
  // Prompts choose their colours by the environment.
  if (flags.color === false) process.env.NO_COLOR = '1';
  const { execute } = await import('./commands/execute.ts');
  return execute(name, args, flags, portsOf(argv, abortOnSignals()));
}

const finish = (code: number): void => {
  process.exitCode = code;
  // Keep-alive connections and a sandbox's timers must not hold the process; what was printed is flushed first.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
};

// A reader that went away (`| head`) is no failure of the run.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

finish(await main(process.argv.slice(2)));
