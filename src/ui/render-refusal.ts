// A refusal as AWS told it: what the message says, whose policy it names, and the request against what is attached now.
import type { NamedPolicy } from '../commands/explain-error.ts';
import type { Explanation } from '../commands/explanation.ts';
import { painted, wrap } from './layout.ts';
import { renderExplanation } from './render-explanation.ts';
import type { Page } from './render-plan.ts';

/** The named policy and what follows from it, then the picture; without a line feed at the end. */
export function renderRefusal(
  refusal: { readonly named: NamedPolicy; readonly conclusion: string; readonly explanation: Explanation },
  page: Page,
): string {
  const { paint, width } = page;
  return [
    painted(wrap(refusal.named.told, width), paint.bold),
    wrap(refusal.conclusion, width),
    '',
    renderExplanation(refusal.explanation, page),
  ].join('\n');
}
