// The first step: it changes nothing. The landscape was read before the pipeline began; here it is told.
import type { Applied, Change, Inspection, Made, Step, StepPlan, Verdict } from '../engine/types.ts';
import { failed } from '../errors.ts';
import type { StepContext } from './context.ts';
import type { PerimeterInput } from './landscape.ts';
import { classify, effectiveTable } from './network.ts';

const impossible = (what: string) => failed('NO_CHANGES', `${what}: discover has none`, 'run plan again');

export const discoverStep: Step<PerimeterInput, StepContext> = {
  id: 'discover',
  title: 'Discover what stands',
  look: async (input) => ({ plan: tell(input), next: input }),
  apply: async (applied: Applied): Promise<Made> => {
    throw impossible(`applying change (${applied.change.key})`);
  },
  wait: async (): Promise<void> => undefined,
  precheck: async (change: Change): Promise<Verdict> => {
    throw impossible(`checking change (${change.key})`);
  },
  prove: async (applied: Applied): Promise<Verdict> => {
    throw impossible(`proving change (${applied.change.key})`);
  },
  inspect: async (applied: Applied): Promise<Inspection> => {
    throw impossible(`inspecting change (${applied.change.key})`);
  },
  undo: async (applied: Applied): Promise<void> => {
    throw impossible(`undoing change (${applied.change.key})`);
  },
};

/** The plan of discover: no changes, and sentences on what was found. */
function tell({ landscape, choices }: PerimeterInput): StepPlan {
  const { network, survey, organization } = landscape;
  const classes = network.subnets.map((subnet) => classify(effectiveTable(subnet, network.routeTables)));
  const count = (kind: string) => classes.filter((found) => found === kind).length;
  const { vpc } = network;
  return {
    changes: [],
    confirmations: [],
    findings: [],
    notes: [
      ...(survey.organizationSide.known
        ? []
        : [`organization's side: cannot be told: ${survey.organizationSide.action}: ${survey.organizationSide.why}`]),
      `stack ${choices.stack} in VPC ${vpc.id}${vpc.name === null ? '' : ` (${vpc.name})`}, ${[...vpc.cidrs, ...vpc.ipv6Cidrs].join(', ')}`,
      `subnets: ${count('public')} public, ${count('private')} private with egress, ${count('intra')} without any Internet route`,
      `buckets in scope (${choices.buckets.join(', ')}): ${abridged(landscape.buckets.inScope.map(({ name }) => name))}`,
      organization.known
        ? `organization ${organization.value.info.id}, management account ${organization.value.info.managementAccountId}, service control policies ${organization.value.policyType}`
        : `organization: cannot be told: ${organization.action}: ${organization.why}`,
    ],
  };
}

const mostNames = 8;

/** The first names, and how many more there are. */
const abridged = (names: readonly string[]): string => {
  if (names.length === 0) return 'none';
  const more = names.length - mostNames;
  return more > 1 ? `${names.slice(0, mostNames).join(', ')} and ${more} more` : names.join(', ');
};
