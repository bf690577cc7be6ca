import type { Finding } from '../../../findings.ts';
import type { Choices } from '../../choices.ts';
import type { Landscape } from '../../landscape.ts';
import { natOnMainTable, natOwnedTables, natQuotas } from './changes.ts';
import { blackholes, blockedPublicAccess, intraSubnets, noPublicSubnet, publicStackSubnets } from './routes.ts';

/** Every finding of the nat step. */
export const natFindings = (landscape: Landscape, choices: Choices): readonly Finding[] =>
  [natQuotas, natOwnedTables, noPublicSubnet, blackholes, natOnMainTable, intraSubnets, publicStackSubnets, blockedPublicAccess].flatMap(
    (find) => find(landscape, choices),
  );
