// Quilt's own canaries: whether they ran since something was changed, and how. Only runs that began after the change say anything.
import type { AwsContext } from '../aws/context.ts';
import { isAbsent, readOrUnknown } from '../aws/refused.ts';
import { listStackResources } from '../aws/stack.ts';
import type { Canary, CanaryRun, StackResource } from '../aws/types.ts';
import { type Known, unknown } from '../ports.ts';

/** A canary of the stack, as it was seen. */
export interface SeenCanary {
  readonly name: string;
  readonly roleArn: string;
  /** Null: it runs on AWS's own network. */
  readonly vpcId: string | null;
  readonly schedule: string | null;
  /** `RUNNING` while it runs by its schedule. */
  readonly state: string;
  /** The newest run that began after the change and is over; null: none. */
  readonly since: CanaryRun | null;
  /** Whether one that began after the change is under way. */
  readonly underWay: boolean;
  /** How the newest run that began before the change ended; null: there is none, or nobody needs to know. */
  readonly before: CanaryRun['state'] | null;
}

export interface CanaryEvidence {
  /** ISO time of the change; null: nothing says when it was. */
  readonly since: string | null;
  readonly canaries: readonly SeenCanary[];
}

/**
 * The stack's canaries, those of its nested stacks among them, and their runs.
 * @param resources the stack's own
 * @param since ISO time of the change; null: no run counts
 * @returns unknown with the permission where one is missing, or where there is no Synthetics
 */
export async function readCanaryRuns(
  resources: Known<readonly StackResource[]>,
  since: string | null,
  ctx: AwsContext,
): Promise<Known<CanaryEvidence>> {
  if (!resources.known) return resources;
  try {
    return await readOrUnknown('synthetics:DescribeCanaries', async () => {
      const names = await canaryNames(resources.value, ctx);
      if (names.length === 0) return { since, canaries: [] };
      const { listCanaries, readLastRuns } = await import('../aws/canary.ts');
      const canaries = (await listCanaries(ctx)).filter(({ name }) => names.includes(name));
      const last = await readLastRuns(
        canaries.map(({ name }) => name),
        ctx,
      );
      return { since, canaries: await Promise.all(canaries.map((canary) => seen(canary, last.get(canary.name), since, ctx))) };
    });
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return unknown(
      'synthetics:DescribeCanaries',
      `the service does not answer here: ${error instanceof Error ? error.message : 'no reason'}`,
    );
  }
}

async function canaryNames(resources: readonly StackResource[], ctx: AwsContext): Promise<readonly string[]> {
  const of = (type: string) => resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId);
  const nested = await Promise.all(of('AWS::CloudFormation::Stack').map(async (id) => canaryNames(await listStackResources(id, ctx), ctx)));
  return [...of('AWS::Synthetics::Canary'), ...nested.flat()];
}

async function seen(canary: Canary, last: CanaryRun | undefined, since: string | null, ctx: AwsContext): Promise<SeenCanary> {
  const { name, roleArn, vpcId, schedule, state } = canary;
  const none = { name, roleArn, vpcId, schedule, state, since: null, underWay: false, before: null };
  if (last === undefined || since === null) return none;
  const isSince = (run: CanaryRun): boolean => Date.parse(run.startedAt) > Date.parse(since);
  if (!isSince(last)) return { ...none, before: last.state };
  if (last.state === 'passed') return { ...none, since: last };
  const { readRuns } = await import('../aws/canary.ts');
  const over = (await readRuns(name, ctx)).filter((run) => run.state !== 'under-way');
  const newest = last.state === 'under-way' ? (over.find(isSince) ?? null) : last;
  return { ...none, since: newest, underWay: last.state === 'under-way', before: over.find((run) => !isSince(run))?.state ?? null };
}

/** What the canaries say of whether Quilt works. `missing`, `against`: sentences without a full stop. */
export type CanaryVerdict =
  | { readonly says: 'works' }
  | { readonly says: 'fails'; readonly against: readonly string[] }
  | { readonly says: 'nothing'; readonly missing: readonly string[] };

/**
 * Quilt works where each canary that runs in one of these VPCs passed since, or failed already before, and at least one passed. One
 * outside them is no evidence that it does, and where it fails now and did not before, that it does not.
 */
export function canariesSay({ since, canaries }: CanaryEvidence, trustedVpcs: readonly string[]): CanaryVerdict {
  if (canaries.length === 0) return { says: 'nothing', missing: ['the stack has no canary'] };
  if (since === null) return { says: 'nothing', missing: ['the journal does not say since when the bucket policy stands'] };
  const against = canaries.filter(isBroken).map((canary) => brokenInWords(canary, trustedVpcs));
  if (against.length > 0) return { says: 'fails', against };
  const inside = canaries.filter((canary) => isInside(canary, trustedVpcs) && canary.state === 'RUNNING');
  const open = openInWords(
    inside.filter((canary) => canary.since === null),
    since,
  );
  const others = [
    ...canaries.filter((canary) => !isInside(canary, trustedVpcs)).map(outsideInWords),
    ...canaries.filter(({ state }) => state !== 'RUNNING').map(({ name, state }) => `canary ${name} does not run (${state})`),
  ];
  if (open.length > 0) return { says: 'nothing', missing: [...open, ...others] };
  if (inside.some((canary) => canary.since?.state === 'passed')) return { says: 'works' };
  return { says: 'nothing', missing: [...inside.map(({ name }) => `canary ${name} did not pass, before or since`), ...others] };
}

/** Whether it runs in one of these VPCs. */
export const isInside = ({ vpcId }: Pick<SeenCanary, 'vpcId'>, trustedVpcs: readonly string[]): boolean =>
  vpcId !== null && trustedVpcs.includes(vpcId);

/** Whether it fails since the change, and did not before it. */
const isBroken = ({ since, before }: SeenCanary): boolean => since?.state === 'failed' && before !== 'failed';

const outsideInWords = ({ name, vpcId }: SeenCanary): string =>
  vpcId === null ? `canary ${name} runs outside any VPC` : `canary ${name} runs in ${vpcId}, which is not trusted`;

function brokenInWords(canary: SeenCanary, trustedVpcs: readonly string[]): string {
  const run =
    canary.since === null ? '' : ` its run of ${canary.since.startedAt}${canary.since.why === null ? '' : ` (${canary.since.why})`}`;
  const where = isInside(canary, trustedVpcs) ? '' : `; ${outsideInWords(canary)}`;
  return `canary ${canary.name} failed${run}${canary.before === 'passed' ? ', and passed before' : ''}${where}`;
}

/** Those without a run; those of one schedule together. */
function openInWords(open: readonly SeenCanary[], since: string): readonly string[] {
  const underWay = open.filter((canary) => canary.underWay).map(({ name }) => `a run of canary ${name} is under way`);
  const waited = new Map<string | null, string[]>();
  for (const { name, schedule } of open.filter((canary) => !canary.underWay)) waited.set(schedule, [...(waited.get(schedule) ?? []), name]);
  const notRun = [...waited].map(([schedule, names]) => {
    const who = names.length === 1 ? `canary ${names[0]} has` : `canaries ${names.join(', ')} have`;
    return `${who} not run since ${since}${schedule === null ? '' : ` (schedule: ${schedule})`}`;
  });
  return [...underWay, ...notRun];
}
