// `report`: one page for whoever approves the change, and the evidence once it stands and is verified. Reads only.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { badInput, shown } from '../errors.ts';
import type { Drawings, ReplayReport } from '../ui/report/model.ts';
import type { NetworkPictures } from './network-picture.ts';
import { gatherReport } from './report-model.ts';
import type { Run } from './session.ts';
import { type FoundPerimeter, rememberedPerimeter } from './this-perimeter.ts';

const formats = ['html', 'md'] as const;
type Format = (typeof formats)[number];

/** Exit 1 where a file of recorded calls could not be read, else 0: whatever the page says, it is written. */
export async function report(run: Run): Promise<number> {
  const { flags, ports, ui } = run;
  const format = formatOf(flags.format);
  if (flags.out === '') throw badInput('FLAG', 'reading --out (empty): expected a file', 'name the file that the report is written to');
  const path = resolve(ports.cwd, flags.out ?? `quilt-perimeter-report.${format}`);
  const perimeter = await rememberedPerimeter(run);
  try {
    const replay = await replayNow(run, perimeter);
    const { model, pictures } = await gatherReport(run, perimeter, replay);
    const text = format === 'md' ? await markdownOf(model) : await pageOf(model, pictures);
    const { writeOwnFile } = await import('../journal/journal.ts');
    await writeOwnFile({ path, doing: 'writing report', code: 'REPORT_WRITE' }, text);
    const { stageWords } = await import('../ui/report/words.ts');
    const sha256 = createHash('sha256').update(text).digest('hex');
    if (ui.json) ui.document({ version: 1, place: model.place, stage: model.stage, path, format, bytes: Buffer.byteLength(text), sha256 });
    else ui.result(`${stageWords[model.stage].name}: ${path}`);
    return replay !== null && replay.errors.length > 0 ? 1 : 0;
  } finally {
    await perimeter.close();
  }
}

function formatOf(value: string | undefined): Format {
  const found = formats.find((each) => each === (value ?? 'html'));
  if (found !== undefined) return found;
  throw badInput(
    'FLAG',
    `reading --format (${shown(value ?? '')}): expected one of ${formats.join(', ')}`,
    'quilt-perimeter report --help',
  );
}

async function replayNow(run: Run, { online: { session, input } }: FoundPerimeter): Promise<ReplayReport | null> {
  const sources = run.flags.assess ?? [];
  if (sources.length === 0) return null;
  const { assessOptionsOf } = await import('./assess-flags.ts');
  const { assessFor } = await import('./assess-for.ts');
  const { replayOf } = await import('./report-replay.ts');
  return replayOf(await assessFor(session, input, sources, await assessOptionsOf(run.flags, run.ports.cwd)));
}

type Model = Awaited<ReturnType<typeof gatherReport>>['model'];

const markdownOf = async (model: Model): Promise<string> => (await import('../ui/report/markdown.ts')).renderMarkdown(model);

async function pageOf(model: Model, pictures: NetworkPictures): Promise<string> {
  const { renderPage } = await import('../ui/report/page.ts');
  const drawings = { network: await networkDrawings(pictures), replay: model.replay === null ? [] : await replayDrawings(model.replay) };
  return renderPage(model, drawings);
}

async function networkDrawings({ before, after }: NetworkPictures): Promise<Drawings['network']> {
  const { drawNetwork } = await import('../ui/diagram/draw.ts');
  return [
    { title: before.title, ...(await drawNetwork(before, { idPrefix: 'network-before' })) },
    { title: after.title, ...(await drawNetwork(after, { idPrefix: 'network-after' })) },
  ];
}

async function replayDrawings({ days, remedies, verdicts }: ReplayReport): Promise<Drawings['replay']> {
  const { drawReplayOverTime } = await import('../ui/charts/over-time.ts');
  const { drawRemedies } = await import('../ui/charts/remedies.ts');
  const known = days.reduce((sum, { passes, newlyDenied, unknown }) => sum + passes + newlyDenied + unknown, 0);
  const all = verdicts.passes.events + verdicts['newly-denied'].events + verdicts.unknown.events;
  const overTime = { idPrefix: 'replay-over-time', untold: Math.max(0, all - known) };
  return [
    ...(days.length === 0 ? [] : [{ title: 'Recorded events over time', ...(await drawReplayOverTime(days, overTime)) }]),
    ...(remedies.length === 0
      ? []
      : [{ title: 'What helps those newly denied', ...(await drawRemedies(remedies, { idPrefix: 'replay-remedies' })) }]),
  ];
}
