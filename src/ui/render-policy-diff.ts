// Requests whose verdict changes between two policies, as examples.
import type { PolicyDiff, Side, VerdictChange } from '../policy/diff.ts';
import { wrap } from './layout.ts';
import type { Paint } from './paint.ts';
import type { Page } from './render-plan.ts';

/** One example for each change, then what was compared. `files`: the two as they were given. */
export function renderPolicyDiff(diff: PolicyDiff, files: { readonly old: string; readonly new: string }, { paint, width }: Page): string {
  const blocks = diff.changes.map((change, index) => changeText(change, index + 1, paint, width));
  return [...blocks, wrap(proofOf(diff, files), width)].join('\n\n');
}

function proofOf({ changes, classes, complete }: PolicyDiff, files: { readonly old: string; readonly new: string }): string {
  const compared = classes === 1 ? '1 class' : `${classes} classes`;
  if (!complete) {
    const found = changes.length === 0 ? 'no request that changes its verdict was found' : 'these requests change their verdict';
    return `Not everything could be compared: ${found} in ${compared} of requests, but there may be others.`;
  }
  if (classes === 0) return `No request changes its verdict: ${files.old} and ${files.new} hold the same policies.`;
  if (changes.length > 0) return `${compared} of requests compared between ${files.old} and ${files.new}; no others change their verdict.`;
  return `No request changes its verdict from ${files.old} to ${files.new}: ${compared} of requests compared, all that the two can tell apart.`;
}

const words = { allowed: 'allowed', denied: 'denied', none: 'not mentioned' } as const;

function changeText({ old, new: now, request }: VerdictChange, number: number, paint: Paint, width: number): string {
  const mood = now.verdict === 'denied' ? paint.bad : now.verdict === 'allowed' ? paint.good : paint.bold;
  const context = Object.entries(request.context).map(
    ([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const lines: readonly (readonly [string, string])[] = [
    ['who', request.principal],
    ['action', request.action],
    ['on', request.resource],
    ...(context.length === 0 ? [] : context.map((text, index): readonly [string, string] => [index === 0 ? 'with' : '', text])),
    ['old', deciders(old)],
    ['new', deciders(now)],
  ];
  return [
    `${number}  ${words[old.verdict]} → ${mood(words[now.verdict])}`,
    ...lines.map(([name, text]) => wrap(text, width, `   ${name.padEnd(6)}  `, ' '.repeat(11))),
  ].join('\n');
}

function deciders({ verdict, naming, by }: Side): string {
  if (verdict === 'none') return 'no statement matches';
  if (by.length === 0) return words[verdict];
  const verb = verdict === 'denied' ? 'denies' : naming === 'account' ? "leaves it to the account's own policies" : 'allows';
  const isSeveral = new Set(by.map(({ document }) => document)).size > 1;
  return by
    .map(({ policyType, level, document, index, sid }) => {
      const kind = policyType === null ? '' : `${policyType}${level === null ? '' : ` level ${level + 1}`} `;
      if (index === null) return `${kind}has no Allow`;
      const of = isSeveral && document !== null ? `document ${document + 1} ` : '';
      return `${kind}${of}statement ${index + 1}${sid === null ? '' : ` (${sid})`} ${verb}`;
    })
    .join(', ');
}
