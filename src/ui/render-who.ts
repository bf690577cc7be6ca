// The first lines of every run: who you are on both sides, in which account, Region and partition.
import type { Identity } from '../aws/types.ts';
import type { Known } from '../ports.ts';
import { wrap } from './layout.ts';
import type { Paint } from './paint.ts';

/** Two blocks, one per side; `organization` is the organization's id where it could be read. */
export function renderWho(
  who: { readonly quilt: Identity; readonly organizationSide: Known<Identity>; readonly organization: string | null },
  paint: Paint,
  width: number,
): string {
  const { quilt, organizationSide } = who;
  const place = `account ${quilt.accountId}, Region ${quilt.region}, partition ${quilt.partition}`;
  const side = organizationSide.known
    ? `account ${organizationSide.value.accountId}${who.organization === null ? '' : `, organization ${who.organization}`}`
    : `not known: ${organizationSide.action}: ${organizationSide.why}`;
  return [
    wrap(place, width, `${paint.bold('Quilt account')}  `, indentation),
    actor(quilt, width),
    wrap(side, width, `${paint.bold('Organization')}   `, indentation),
    ...(organizationSide.known ? [actor(organizationSide.value, width)] : []),
  ].join('\n');
}

const indentation = '               ';

// An ARN has no place to break it at: it stands where there is most room for it.
const actor = ({ arn, source }: Identity, width: number): string =>
  wrap(`as ${arn} (${source.replaceAll(' ', '\u00a0')})`, width, '  ', '     ');
