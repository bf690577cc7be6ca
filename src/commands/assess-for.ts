// A replay of a trail for whoever wants one: the command, and the steps that ask for it before a Deny.
import type { Assessment } from '../access/assess.ts';
import type { Said, Surveyed } from '../access/read-world.ts';
import type { Remote } from '../access/remote.ts';
import type { ReadOptions, TrailReading, TrailWindow } from '../access/types.ts';
import type { PerimeterInput, Survey } from '../steps/landscape.ts';
import { matchesPattern, perimeterSpec } from '../steps/perimeter-spec.ts';
import { notLogged } from '../steps/scp/data-events.ts';
import type { AssessOptions } from './assess-flags.ts';
import type { Run, Session } from './session.ts';
import { type ThisPerimeter, typedRanges } from './this-perimeter.ts';

/**
 * Reads the sources and judges them under the perimeter of `input`.
 * @throws PerimeterError (exit 2) for a source that does not exist or a window that ends before it begins
 */
export async function assessFor(
  session: Session,
  input: PerimeterInput,
  sources: readonly string[],
  options: AssessOptions,
): Promise<Assessment> {
  const { choices, landscape } = input;
  const { survey } = landscape;
  const said = saidFor(input, session.ctx.clock.now(), options);
  const remote: Remote = {
    ctx: session.ctx,
    regions: regionsOf(said, survey),
    accounts: null,
    maxScanGb: options.maxScanGb,
    note: (text) => session.ui.progress(text),
  };
  const reading = await readAloud(session.run, sources, said.window, options, remote);
  const { readWorld } = await import('../access/read-world.ts');
  const surveyed = surveyedOf(input, choices.targets);
  const { assessReading } = await import('../access/assess.ts');
  return assessReading(reading, await readWorld(said, surveyed, reading, session.ctx));
}

/** What was said of the perimeter, as the replay wants it. */
export function saidFor(input: PerimeterInput, now: Date, options: AssessOptions): Said {
  const { choices } = input;
  return saidOf({ spec: perimeterSpec(input), testBucket: choices.testBucket, typedRanges: typedRanges(choices) }, now, options);
}

/** What the survey found, as the replay wants it. `targets`: what the SCP is attached to, or will be. */
export function surveyedOf(input: PerimeterInput, targets: readonly string[]): Surveyed {
  const { survey, network } = input.landscape;
  return {
    accountId: survey.quilt.accountId,
    region: survey.quilt.region,
    managementAccountId: survey.organization.known ? survey.organization.value.managementAccountId : null,
    targets,
    vpcs: survey.vpcs,
    endpoints: survey.endpoints,
    natGateways: survey.natGateways,
    addresses: network.addresses,
    findings: notLogged(input),
  };
}

/** The same without asking AWS: every account in the log is taken to be under a target. */
export async function assessOffline(
  run: Run,
  perimeter: SaidPerimeter,
  sources: readonly string[],
  options: AssessOptions,
): Promise<Assessment> {
  const said = saidOf(perimeter, run.ports.clock.now(), options);
  const reading = await readAloud(run, sources, said.window, options, null);
  const { worldOffline } = await import('../access/read-world.ts');
  const { assessReading } = await import('../access/assess.ts');
  return assessReading(reading, worldOffline(said, reading));
}

/** How many paths, and events on them, have this verdict. */
export function tally(
  { paths }: Assessment,
  verdict: Assessment['paths'][number]['verdict'],
): { readonly paths: number; readonly events: number } {
  const those = paths.filter((path) => path.verdict === verdict);
  return { paths: those.length, events: those.reduce((sum, { events }) => sum + events, 0) };
}

type SaidPerimeter = Pick<ThisPerimeter, 'spec' | 'testBucket' | 'typedRanges'>;

const saidOf = (
  { spec, testBucket, typedRanges }: SaidPerimeter,
  now: Date,
  { window, vpcOf, namedTags, otherTags }: AssessOptions,
): Said => ({
  spec,
  testBucket,
  window: window(now.getTime()),
  vpcOf,
  namedTags,
  otherTags,
  typedRanges,
});

/**
 * The Regions whose records matter: those of the buckets in scope, where S3 answers, and those in which sessions are begun. Null
 * where the Region of a bucket is not known.
 */
export function regionsOf({ spec }: Said, { buckets, quilt }: Survey): readonly string[] | null {
  if (!buckets.known) return null;
  const regions = buckets.value.filter(({ name }) => matchesPattern(name, spec.buckets)).map(({ region }) => region);
  // The global endpoint of STS is in us-east-1.
  return regions.includes(null)
    ? null
    : [
        ...new Set([quilt.region, ...(quilt.partition === 'aws' ? ['us-east-1'] : []), ...regions.filter((region) => region !== null)]),
      ].sort();
}

const everyMs = 5000;

async function readAloud(
  run: Run,
  sources: readonly string[],
  window: TrailWindow,
  options: AssessOptions,
  remote: Remote | null,
): Promise<TrailReading> {
  const { readTrail } = await import('../access/open.ts');
  const { clock, signal } = run.ports;
  let said = clock.now().getTime();
  const progress: ReadOptions['progress'] = ({ files, filesInAll, events }) => {
    const now = clock.now().getTime();
    if (now - said < everyMs) return;
    said = now;
    run.ui.progress(`Read ${files}${filesInAll === null ? '' : ` of ${filesInAll}`} files, ${events.toLocaleString('en')} events`);
  };
  return readTrail(sources, { window, workers: options.workers, signal, progress }, remote);
}
