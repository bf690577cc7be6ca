// What was there before anything of the journal was made: what AWS shows now, less what the journal says was made since.
import { type JournaledChange, stands } from '../journal/replay.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { fieldsOf } from '../steps/fields.ts';
import type { Network, PerimeterInput } from '../steps/landscape.ts';
import { bindsQuilt, type Say, sayOf } from '../steps/network-grid/verdict.ts';
import { perimeterStatements } from '../steps/our-statements.ts';

/** The ids of what the journal's changes made and that stands. */
export const madeIds = (journaled: readonly JournaledChange[]): ReadonlySet<string> =>
  new Set(journaled.filter(stands).flatMap(({ made }) => (made === null ? [] : [made.id])));

/** The input without what was made, and without what is planned. */
export function inputBefore(input: PerimeterInput, journaled: readonly JournaledChange[]): PerimeterInput {
  return {
    ...input,
    networkChanges: [],
    landscape: { ...input.landscape, network: networkBefore(input.landscape.network, journaled.filter(stands)) },
  };
}

function networkBefore(network: Network, standing: readonly JournaledChange[]): Network {
  const made = madeIds(standing);
  const afters = standing.map(({ change }) => fieldsOf(change.after));
  const putOn = (endpointId: string, tableId: string): boolean =>
    afters.some((after) => after.kind === 's3-route-table' && after.endpointId === endpointId && after.routeTableId === tableId);
  const routedByUs = (tableId: string, destination: string): boolean =>
    afters.some((after) => after.kind === 'nat-route' && after.routeTableId === tableId && after.destination === destination);
  const turnedOn = (attribute: string): boolean =>
    standing.some(({ change }) => fieldsOf(change.after).attribute === attribute && change.before !== null);
  return {
    ...network,
    dnsSupport: network.dnsSupport && !turnedOn('enableDnsSupport'),
    dnsHostnames: network.dnsHostnames && !turnedOn('enableDnsHostnames'),
    endpoints: network.endpoints
      .filter(({ id }) => !made.has(id))
      .map((endpoint) => ({ ...endpoint, routeTableIds: endpoint.routeTableIds.filter((table) => !putOn(endpoint.id, table)) })),
    natGateways: network.natGateways.filter(({ id }) => !made.has(id)),
    routeTables: network.routeTables.map((table) => ({
      ...table,
      routes: table.routes.filter(
        ({ target, destination, kind }) =>
          !made.has(target.id) && !(kind === 'prefix-list' && putOn(target.id, table.id)) && !routedByUs(table.id, destination),
      ),
    })),
  };
}

/** What of a perimeter stood before: of the SCP and of the test bucket's policy, what the journal did not put on. */
export function sayBefore(input: PerimeterInput, journaled: readonly JournaledChange[], now: Date): Say {
  const { organization, buckets } = input.landscape;
  const standing = journaled.filter(stands);
  const isOurs = (step: JournaledChange['step']): boolean => standing.some((change) => change.step === step);
  const scp = organization.known ? organization.value.policy : null;
  const binding = scp !== null && bindsQuilt({ ...input, choices: { ...input.choices, targets: scp.attachedTo.map(({ id }) => id) } });
  const { policy } = buckets.test;
  return sayOf(input, {
    scp: binding && !isOurs('scp') ? documentOf(scp.content, now) : null,
    bucket: policy.known && !isOurs('bucket-policy') ? documentOf(policy.value, now) : null,
  });
}

function documentOf(policy: string | null, now: Date): PolicyDocument | null {
  const statements = perimeterStatements(policy, now);
  return statements.length === 0 ? null : { Version: '2012-10-17', Statement: statements };
}
