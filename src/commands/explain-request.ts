// `explain --as --from --to`: one request, what decides about it, and what would change that.
import { badInput } from '../errors.ts';
import { againstFolder } from './against-folder.ts';
import { type Asked, askedRequest, type Question } from './asked-request.ts';
import type { Explanation, Said } from './explanation.ts';
import { type KnownPerimeter, type Online, perimeterSay } from './perimeter-say.ts';
import { whyOf } from './policies-seen.ts';
import type { Run } from './session.ts';
import { foundPerimeter } from './this-perimeter.ts';
import { waysToPass } from './ways-to-pass.ts';

/** Exit 0 whatever the verdict is. */
export async function explainRequest(run: Run): Promise<number> {
  const { flags, ui } = run;
  if (flags.to === undefined)
    throw badInput('FLAG', 'reading the command line: nothing says what the request is for', '--to BUCKET or --to BUCKET/KEY');
  const question: Question = {
    as: flags.as ?? null,
    from: flags.from ?? null,
    to: flags.to,
    action: flags.action ?? null,
    tags: flags.tag ?? [],
  };
  const perimeter = await foundPerimeter(run);
  try {
    const asked = await askedRequest(question, perimeter.online);
    const explanation = await explained(perimeter, perimeter.online, asked, flags.live === true);
    if (ui.json) ui.document({ version: 1, ...explanation });
    else {
      const { renderExplanation } = await import('../ui/render-explanation.ts');
      ui.result(renderExplanation(explanation, ui.page));
    }
    return 0;
  } finally {
    await perimeter.close();
  }
}

/** The request against the folder's perimeter, or against what is attached now. */
export async function explained(perimeter: KnownPerimeter, online: Online, asked: Asked, live: boolean): Promise<Explanation> {
  const against = live
    ? await (await import('./against-live.ts')).againstLive(online, asked)
    : await againstFolder(perimeter, online, asked);
  const said = await against.say(asked.request);
  const ways =
    said.verdict === 'passes'
      ? []
      : await waysToPass({
          asked,
          online,
          policies: against.policies,
          say: against.say,
          sayUnder: live ? null : async (spec, request): Promise<Said> => perimeterSay({ ...perimeter, spec }).judge(request),
          spec: perimeter.spec,
        });
  return {
    against: live ? 'live' : 'folder',
    request: asked.request,
    network: asked.network.words,
    said,
    why: whyOf(against.policies, said),
    policies: against.policies,
    ways,
    notes: [...asked.notes, ...against.notes],
  };
}
