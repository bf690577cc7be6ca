// Findings on route tables that a step is about to change, whichever it is.
import { ownerOf } from '../aws/tags.ts';
import type { RouteTable, Tags } from '../aws/types.ts';
import { type Finding, finding } from '../findings.ts';
import type { Choices } from './choices.ts';
import type { Landscape } from './landscape.ts';
import { subnetsOn } from './network.ts';

/** The ids of the stack's subnets: those chosen, and all that its parameters name. */
export function stackSubnetIds({ stack }: Pick<Landscape, 'stack'>, choices: Choices): ReadonlySet<string> {
  const named = stack.stack.parameters.flatMap(({ value }) => value?.match(/subnet-[0-9a-z-]+/g) ?? []);
  return new Set([...choices.subnets, ...choices.endpointSubnets, ...named]);
}

/** QP203, where `what` (the default route, the S3 endpoint) goes onto a main table. */
export function mainTable(tables: readonly RouteTable[], what: string, landscape: Landscape, choices: Choices): readonly Finding[] {
  const { network } = landscape;
  const stack = stackSubnetIds(landscape, choices);
  return tables
    .filter(({ main }) => main)
    .map((table) => {
      const all = subnetsOn(table, network.subnets, network.routeTables);
      const others = all.filter(({ id }) => !stack.has(id));
      const own = all.filter(({ id }) => stack.has(id)).map(({ id }) => id);
      return finding('QP203', {
        severity: others.length > 0 ? 'error' : 'warning',
        detail:
          others.length > 0
            ? `${what} would go onto ${table.id}, the main table of ${table.vpcId}, which ${others.map(({ id }) => id).join(', ')} use too`
            : `${what} goes onto ${table.id}, the main table of ${table.vpcId}: subnets made later without a table of their own get it too`,
        subjects: [table.id, ...others.map(({ id }) => id)],
        remedy: `give the stack's subnets a table of their own: aws ec2 create-route-table --vpc-id ${table.vpcId}, then for each of ${own.join(', ')}: aws ec2 associate-route-table --route-table-id RTB --subnet-id SUBNET`,
      });
    });
}

interface Owned {
  readonly id: string;
  readonly tags: Tags;
  /** What would be undone there. */
  readonly change: string;
  readonly terraform: string;
  readonly cloudFormation: string;
}

/** QP116, one for each thing to be changed that another tool's tags claim. */
export const ownedByOthers = (things: readonly Owned[]): readonly Finding[] =>
  things.flatMap(({ id, tags, change, terraform, cloudFormation }) => {
    const owner = ownerOf(tags);
    if (owner === null) return [];
    return [
      finding('QP116', {
        detail: `${owner.tool} seems to own ${id} (tag ${owner.evidence}); ${change}`,
        subjects: [id],
        remedy: `add there, or accept QP116:\n${owner.tool === 'Terraform' ? terraform : cloudFormation}`,
      }),
    ];
  });

/** A resource as Terraform takes it, one argument a line. `name`: what it is about, with an id of AWS that makes it unique. */
export function terraformResource(type: string, name: string, values: { readonly [argument: string]: string }): string {
  const widest = Math.max(...Object.keys(values).map((argument) => argument.length));
  const lines = Object.entries(values).map(([argument, value]) => `  ${argument.padEnd(widest)} = "${value}"`);
  return [`resource "${type}" "${name.replaceAll('-', '_')}" {`, ...lines, '}'].join('\n');
}
