// The exit certificate as people read it: who could take a change off again, from where, by which call, and whether it was tried.
import type { Certificate, WayBack } from '../engine/types.ts';
import { count, pad, painted, widest, wrap } from './layout.ts';
import type { Page } from './render-plan.ts';

const kinds = {
  operator: 'operator',
  'exempt-role': 'exempt role',
  organization: 'organization',
  'root-access': 'root access',
  'root-password': 'root password',
} as const satisfies Record<WayBack['kind'], string>;

const kindWidth = widest(Object.values(kinds));

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
  const head = `    ${exercised ? '✓' : '?'} ${pad(way.state, 9)}  ${pad(kinds[way.kind], kindWidth)}  `;
  const indentation = ' '.repeat(6);
  const passes = way.passesBy.length === 0 ? '' : `; passes by ${way.passesBy.join(' or ')}`;
  return [
    painted(wrap(whoOf(way.principal), width, head, indentation), exercised ? paint.good : paint.warn),
    wrap(`${way.call} from ${way.network}${passes}; credentials: ${way.credentials}`, width, indentation),
    painted(wrap(way.how, width, indentation), paint.dim),
  ].join('\n');
}

/** An ARN as `role/NAME of ACCOUNT`: it has no place to break it at. */
function whoOf(principal: string): string {
  const [, , , , account, ...resource] = principal.split(':');
  return account === undefined || resource.length === 0 ? principal : `${resource.join(':')} of ${account}`;
}
