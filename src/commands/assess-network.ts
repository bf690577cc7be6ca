// `assess --network`: from every subnet of the trusted VPCs, and from here, to every bucket in scope: what S3 will see and what
// the perimeter will say. No logs are needed; AWS is only read.
import type { PerimeterInput } from '../steps/landscape.ts';
import { openForReading, readingContext } from './engine-ports.ts';
import type { Run, Session } from './session.ts';
import { foundPerimeter } from './this-perimeter.ts';

/**
 * Prints the grid of the network as the plan will leave it, and what runs outside any VPC.
 * @param maxDenied places (subnets, VPCs, the operator) from which something may be denied; null: any number
 * @returns exit 3 where more are denied than that, else 0
 */
export async function assessNetwork(run: Run, maxDenied: number | null): Promise<number> {
  const { ui } = run;
  const perimeter = await foundPerimeter(run);
  try {
    const { session, survey, input } = perimeter.online;
    const { networkReport } = await import('../steps/network-grid/report.ts');
    const { outsideFindings } = await import('../steps/outside/findings.ts');
    const { placeOf } = await import('./session.ts');
    const report = networkReport(await withPlannedNetwork(session, input));
    const accepted = outsideFindings(input).map((each) => ({ ...each, accepted: input.choices.accept.includes(each.code) }));
    if (ui.json) {
      const { denied, untold, places, rows } = report;
      ui.document({ version: 1, place: placeOf(survey, input.choices), places, denied, untold, grid: rows, outside: accepted });
    } else {
      const { renderNetwork } = await import('../ui/render-network.ts');
      ui.result(renderNetwork(report, accepted, ui.page));
    }
    if (maxDenied === null || report.denied <= maxDenied) return 0;
    ui.progress(`Stopped: from ${report.denied} places something would be denied, and --max-denied allows ${maxDenied}.`);
    return 3;
  } finally {
    await perimeter.close();
  }
}

/** The input with what endpoints and nat would still change. */
async function withPlannedNetwork(session: Session, input: PerimeterInput): Promise<PerimeterInput> {
  const { phases } = await import('../steps/pipeline.ts');
  const { planPipeline } = await import('../engine/engine.ts');
  const journal = await openForReading(session, input.landscape.survey, input.choices);
  try {
    const options = { steps: ['discover', 'endpoints', 'nat'] as const, accept: input.choices.accept, skipProbes: true };
    const planned = await planPipeline(phases, input, readingContext(session, journal), options, null);
    return { ...input, networkChanges: planned.steps.filter(({ state }) => state !== 'skipped').flatMap(({ plan }) => plan.changes) };
  } finally {
    await journal.close();
  }
}
