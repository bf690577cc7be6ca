import type { Finding } from '../../../findings.ts';
import type { Choices } from '../../choices.ts';
import type { Landscape } from '../../landscape.ts';
import { bucketsElsewhere, clientsResolveElsewhere, policiesByAddress, untrustedIpv6 } from './addresses.ts';
import { endpointQuotas, noSupportedZone, sharedVpc } from './placement.ts';
import { dnsAttributesOff, privateDnsClaimed, publicApisUnreachable } from './private-dns.ts';
import { groupAdmitsTooLittle, policyAllowsTooLittle } from './reused.ts';
import { bypassingRoutes, openConnectionsDrop, ownedEndpoints, s3OnMainTable, trustedWithoutEndpoint } from './s3-routes.ts';

/** Every finding of the endpoints step, in the order of their codes. */
export const endpointsFindings = (landscape: Landscape, choices: Choices): readonly Finding[] =>
  [
    dnsAttributesOff,
    publicApisUnreachable,
    privateDnsClaimed,
    noSupportedZone,
    openConnectionsDrop,
    bucketsElsewhere,
    bypassingRoutes,
    groupAdmitsTooLittle,
    sharedVpc,
    untrustedIpv6,
    policiesByAddress,
    endpointQuotas,
    clientsResolveElsewhere,
    policyAllowsTooLittle,
    trustedWithoutEndpoint,
    ownedEndpoints,
    s3OnMainTable,
  ].flatMap((find) => find(landscape, choices));
