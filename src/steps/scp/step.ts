// Step 5: the perimeter for the organization. The SCP is put on narrow, S3 itself shows that the operator keeps its access,
// and only then is it widened; undoing it is one call to Organizations, which no Deny on S3 reaches.
import { findPolicy } from '../../aws/service-control-policy.ts';
import type { Applied, Change, Step, Verdict } from '../../engine/types.ts';
import { listOf, parsePolicy } from '../../policy/document.ts';
import { known } from '../../ports.ts';
import { type ChangeKind, kindOf } from '../change-kind.ts';
import type { StepContext } from '../context.ts';
import { adding, exerciseRoles, told } from '../exercise.ts';
import { text } from '../fields.ts';
import type { PerimeterInput } from '../landscape.ts';
import { baseline, fullVerdict, inForce, judge, type Manner, type Probe, probeIn } from '../probing.ts';
import { readOrganizationAgain } from '../read-organization.ts';
import { attachment } from './attachment.ts';
import { content } from './content.ts';
import { scpGuards } from './guarded.ts';
import { planScp } from './plan.ts';
import { policy } from './policy.ts';
import { policyType } from './policy-type.ts';

const kinds: readonly ChangeKind[] = [policyType, policy, attachment, content];

export const scpStep: Step<PerimeterInput, StepContext> = {
  id: 'scp',
  title: 'Put the perimeter on the organization',
  guards: scpGuards,

  async look(input, ctx) {
    const { organization } = input.landscape;
    if (!organization.known) return { plan: planScp(input, ctx.clock.now()), next: input };
    const seen = known(await readOrganizationAgain(organization.value, input.choices, ctx));
    const next = { ...input, landscape: { ...input.landscape, organization: seen } };
    return { plan: planScp(next, ctx.clock.now()), next };
  },

  apply: (applied: Applied, ctx) => kindOf(applied, kinds).apply(applied, ctx),
  wait: (applied: Applied, ctx) => kindOf(applied, kinds).wait(applied, ctx),
  inspect: (applied: Applied, ctx) => kindOf(applied, kinds).inspect(applied, ctx),
  undo: (applied: Applied, ctx, seen) => kindOf(applied, kinds).undo(applied, ctx, seen),

  async precheck(change: Change, ctx: StepContext): Promise<Verdict> {
    const probe = probeIn(change.after, ctx);
    if (probe === null) return { passed: true };
    return change.precheck === 'scp-standing' ? standing(change, probe, ctx) : baseline(probe, ctx);
  },

  async prove({ change }: Applied, ctx: StepContext): Promise<Verdict> {
    const probe = probeIn(change.after, ctx);
    if (probe === null) return { passed: true };
    const inForceNow = await withKeysInForce(probe, text(change.after, 'policyId'), ctx);
    return withWays(change, inForceNow, await judge(change.key, inForceNow, mannerOf(change.proof), ctx), ctx);
  },
};

/** The verdict with what was found of the ways back. */
async function withWays({ proof, ways = [] }: Change, probe: Probe, verdict: Verdict, ctx: StepContext): Promise<Verdict> {
  switch (proof) {
    case 'scp-verdict':
      return adding(verdict, [
        ...told(verdict, ways, 'operator', 'S3 let it pass under the narrow SCP'),
        ...(await exerciseRoles(ways, probe, 'denied', ctx)),
      ]);
    case 'scp-lifted':
      return adding(verdict, told(verdict, ways, 'organization', 'UpdatePolicy was rehearsed and S3 seen to lift the control'));
    case 'scp-wide':
      return adding(verdict, [
        ...told(verdict, ways, 'operator', 'and under the full one'),
        ...(await exerciseRoles(ways, probe, 'allowed', ctx)),
      ]);
    default:
      return verdict;
  }
}

/**
 * The ways back under an SCP that is in force for this account: whoever is let in now passes it. It always passes, since the
 * certificate says what it comes to.
 */
async function standing({ key, ways = [] }: Change, probe: Probe, ctx: StepContext): Promise<Verdict> {
  const verdict = await judge(key, probe, { ...inForce('scp', 'allowed'), withinSeconds: 0 }, ctx);
  return {
    passed: true,
    ways: [
      ...told(verdict, ways, 'operator', 'S3 lets it pass under the SCP that is in force'),
      ...(await exerciseRoles(ways, probe, 'allowed', ctx)),
    ],
  };
}

/** The keys that the SCP really denies: a call that was repeated for an earlier run carries that run's keys. */
async function withKeysInForce(probe: Probe, policyId: string, ctx: StepContext): Promise<Probe> {
  const parsed = parsePolicy((await findPolicy(policyId, ctx))?.content ?? '');
  const keyOf = (sid: string): string | null => {
    const statement = parsed.ok ? parsed.document.Statement.find(({ Sid }) => Sid === sid) : undefined;
    const [resource] = listOf(statement?.Resource);
    return resource?.split(`:::${probe.bucket}/`)[1] ?? null;
  };
  return {
    ...probe,
    control: keyOf('QuiltPerimeterProbeControl') ?? probe.control,
    sentinel: keyOf('QuiltPerimeterProbeSentinel') ?? probe.sentinel,
  };
}

function mannerOf(proof: string | undefined): Manner {
  switch (proof) {
    case 'scp-lifted':
    case 'scp-wide':
      return inForce('scp', 'allowed');
    case 'scp-in-force':
      return inForce('scp', 'denied');
    default:
      return fullVerdict.scp;
  }
}
