// `sandbox`: serves the embedded AWS on 127.0.0.1 until it is interrupted.
import { badInput } from '../errors.ts';
import type { Run } from './session.ts';

/** `sandbox [SCENARIO] --port N --sandbox-speed N`. Prints one set of environment lines per identity. */
export async function sandbox(run: Run): Promise<number> {
  const { flags, args, ports, ui } = run;
  const { pathsOf } = await import('../config/settings.ts');
  const { serveSandbox } = await import('../sandbox/main.ts');
  const named = args[0] ?? flags.sandbox ?? '';
  const paths = pathsOf(flags, ports.cwd, true);
  const scenario = named === '' ? 'greenfield' : named;
  const served = await serveSandbox({
    dir: paths.state,
    scenario,
    port: portOf(flags.port),
    speed: flags.sandboxSpeed === undefined ? null : Number(flags.sandboxSpeed),
    reset: flags.sandboxReset === true,
    signal: ports.signal,
  });
  if (ui.json) ui.document({ version: 1, scenario, url: served.url, identities: served.environments, hints: served.hints });
  else {
    const blocks = served.environments.map(({ name, lines }) => `# ${name}\n${lines.map((line) => `export ${line}`).join('\n')}`);
    ui.result([`# ${scenario} at ${served.url}`, ...blocks].join('\n\n'));
    ui.progress('Serving until Ctrl-C.');
  }
  await served.closed;
  return ports.signal.aborted ? 130 : 0;
}

function portOf(value: string | undefined): number {
  if (value === undefined) return 0;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw badInput('FLAG', `reading --port (${value}): expected a port from 0 to 65535`, 'leave it out for a free port');
}
