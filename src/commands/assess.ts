// `assess`: what the perimeter would have denied of what really happened, before it is there. Reads only.
import { badInput, shown } from '../errors.ts';
import { assessOptionsOf } from './assess-flags.ts';
import { assessFor, assessOffline, tally } from './assess-for.ts';
import type { Run } from './session.ts';
import { thisPerimeter } from './this-perimeter.ts';

/** Exit 3 with more newly denied paths (with --network: places) than --max-denied, else 1 where a file could not be read, else 0. */
export async function assess(run: Run): Promise<number> {
  const { flags, args, ports, ui } = run;
  if (flags.network === true) return network(run);
  if (args.length === 0) {
    throw badInput(
      'USAGE',
      'reading the command line: nothing is named that could be assessed',
      'quilt-perimeter assess SOURCE..., or quilt-perimeter assess --network',
    );
  }
  const options = await assessOptionsOf(flags, ports.cwd);
  const perimeter = await thisPerimeter(run, { offline: flags.offline === true });
  try {
    const { online } = perimeter;
    const assessment =
      online === null ? await assessOffline(run, perimeter, args, options) : await assessFor(online.session, online.input, args, options);
    const denied = tally(assessment, 'newly-denied').paths;
    const over = options.maxDenied !== null && denied > options.maxDenied;
    if (ui.json) ui.document({ version: 1, ...assessment });
    else {
      const { renderAssessment } = await import('../ui/render-assessment.ts');
      ui.result(renderAssessment(assessment, { buckets: perimeter.spec.buckets, offline: online === null }, ui.page));
    }
    if (over)
      ui.progress(`Stopped: ${denied} newly denied ${denied === 1 ? 'path' : 'paths'}, and --max-denied allows ${options.maxDenied}.`);
    if (over) return 3;
    return assessment.errors.length > 0 ? 1 : 0;
  } finally {
    await perimeter.close();
  }
}

/** Without logs: what the network lets through, and what not. */
async function network(run: Run): Promise<number> {
  const { flags, args, ports } = run;
  const beside = args[0] ?? (flags.offline === true ? '--offline' : null);
  if (beside !== null) {
    throw badInput(
      'USAGE',
      `reading the command line (--network ${shown(beside)}): the network is read from AWS, not from logs`,
      'give --network alone, or leave it out',
    );
  }
  const { maxDenied } = await assessOptionsOf(flags, ports.cwd);
  const { assessNetwork } = await import('./assess-network.ts');
  return assessNetwork(run, maxDenied);
}
