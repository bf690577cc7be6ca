// The exit certificate as people read it: who could take a change off again, from where, by which call, and whether it was tried.
import type { Certificate, WayBack } from '../engine/types.ts';
import { count, pad, painted, wrap } from './layout.ts';
import type { Page } from './render-plan.ts';

const kinds = {
  operator: 'operator',
  'exempt-role': 'exempt role',
  organization: 'organization',
  'root-access': 'root access',
  'root-password': 'root password',
} as const satisfies Record<WayBack['kind'], string>;

/** The ways back before `change`, the exercised ones first, and how many of them are independent. */
export function renderCertificate({ ways, independent }: Certificate, change: string, page: Page): string {
  const { paint, width } = page;
  const sum = `${count(independent, 'independent way')} back exercised, 2 needed.`;
  return [
    painted(wrap(`Ways back, before: ${change}`, width, '  ', '    '), paint.bold),
    ...['exercised', 'claimed'].flatMap((state) => ways.filter((way) => way.state === state).map((way) => renderWay(way, page))),
    painted(wrap(sum, width, '    '), independent < 2 ? paint.bad : paint.good),
  ].join('\n');
}

function renderWay(way: WayBack, { paint, width }: Page): string {
  const exercised = way.state === 'exercised';
  const head = `    ${exercised ? '✓' : '?'} ${pad(way.state, 9)}  `;
  const facts: readonly (readonly [string, string])[] = [
    ['call', `${way.call}, from ${way.network}`],
    ...(way.passesBy.length === 0 ? [] : [['passes by', way.passesBy.join(' or ')] as const]),
    ['credentials', way.credentials],
    [exercised ? 'done' : 'because', way.how],
  ];
  return [
    painted(wrap(`${kinds[way.kind]}: ${whoOf(way.principal)}`, width, head, ' '.repeat(8)), exercised ? paint.good : paint.warn),
    ...facts.map(([label, text]) => wrap(text, width, `        ${paint.dim(pad(label, 11))}  `, ' '.repeat(21))),
  ].join('\n');
}

/** An ARN as `role/NAME of ACCOUNT`: it has no place to break it at. */
function whoOf(principal: string): string {
  const [, , , , account, ...resource] = principal.split(':');
  return account === undefined || resource.length === 0 ? principal : `${resource.join(':')} of ${account}`;
}
