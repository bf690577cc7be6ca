// What is to be done to the SCP: made narrow, attached where it is proven, widened, and then attached to the further targets.
import type { Change, Confirmation, StepPlan } from '../../engine/types.ts';
import { stopped } from '../../errors.ts';
import { finding } from '../../findings.ts';
import { sizeOf } from '../../policy/document.ts';
import { withoutGuard } from '../../policy/guard.ts';
import { explainPerimeter, scpDocument } from '../../policy/perimeter.ts';
import { writtenText } from '../../policy/prove.ts';
import { guardInForce, span } from '../guard.ts';
import type { OrganizationSeen, PerimeterInput } from '../landscape.ts';
import { networkNotes } from '../network-grid/notes.ts';
import { perimeterSpec, policyDescription } from '../perimeter-spec.ts';
import { asLongAsSent } from '../probing.ts';
import { samePolicy } from '../same-policy.ts';
import { scpWays, waysNote } from '../ways-back.ts';
import { type Build, firstStage, furtherTargets, policyTypeChange, typeName } from './changes.ts';
import { organizationUnread, scpFindings, unreadFindings } from './findings.ts';
import { keep, keepQuestion } from './guarded.ts';
import { keptAtLast } from './kept.ts';

/**
 * The plan for the SCP. Where the organization cannot be read that is QP402, and accepting it does not help.
 * @param now by which what is guarded is over
 */
export function planScp(input: PerimeterInput, now: Date): StepPlan {
  const { choices, landscape } = input;
  const { organization } = landscape;
  const spec = perimeterSpec(input);
  const wide = writtenText(scpDocument(spec), `SCP ${choices.policyName}`);
  if (!organization.known) {
    const found = organizationUnread(input, organization);
    if (choices.accept.includes('QP402')) throw stopped('ORGANIZATION_UNREADABLE', found.detail, found.remedy);
    return { changes: [], confirmations: [], findings: unreadFindings(input, wide, organization), notes: [] };
  }
  const seen = organization.value;
  const { policy } = seen;
  if (policy !== null && policy.policy.description !== policyDescription(input) && !samePolicy(policy.content, wide)) {
    return foreign(input, seen, policy.policy.id, wide);
  }
  const build = buildOf(input, seen, wide, now);
  const made =
    build.isWide || build.guardedUntil === null ? [...policyTypeChange(build), ...firstStage(build), ...furtherTargets(build)] : [];
  const changes = [...made, ...keptAtLast(build, made)];
  return {
    changes,
    confirmations: confirmationsOf(build, changes),
    findings: scpFindings(input, {
      seen,
      largest: largestOf(wide, changes),
      pending: made.length > 0,
      missing: build.missing,
      unprobed: unprobed(build),
    }),
    notes:
      changes.length === 0
        ? [`SCP ${choices.policyName} stands and is attached to ${seen.targets.map(({ target }) => target.name).join(', ')}.`]
        : [
            ...(made.length === 0 ? [] : [explainPerimeter(spec, choices.buckets.join(', '))]),
            ...(made.length === 0 ? [] : networkNotes(input)),
            ...guardNotes(build),
            ...(changes.some(({ certified }) => certified !== undefined) ? waysNote(scpWays(input), input) : []),
          ],
  };
}

/** QP410: the name is taken. Nothing is planned, and accepting it does not help: Organizations takes a name once (D9). */
function foreign(input: PerimeterInput, seen: OrganizationSeen, id: string, wide: string): StepPlan {
  const { choices } = input;
  const found = finding('QP410', {
    detail: `SCP ${choices.policyName} (${id}) has a description and content that this tool did not write for this place`,
    subjects: [id],
    remedy: 'give another name with --policy-name',
  });
  if (choices.accept.includes('QP410')) throw stopped('QP410', found.detail, found.remedy);
  return {
    changes: [],
    confirmations: [],
    findings: [
      found,
      ...scpFindings(input, { seen, largest: wide, pending: false, missing: seen.targets.map(({ target }) => target), unprobed: null }),
    ],
    notes: [`The organization is ${seen.info.id}.`],
  };
}

function guardNotes({ input, guardedUntil, isWide, attached }: Build): readonly string[] {
  const { confirmWithin, policyName } = input.choices;
  if (guardedUntil !== null) {
    return [
      `SCP ${policyName} stands until ${guardedUntil} and is not confirmed; AWS stops denying by itself then.`,
      ...(isWide ? [] : ['It is not the perimeter that is wanted now.']),
    ];
  }
  if (confirmWithin === null) return [];
  const rest =
    attached.size === 0 ? '' : ' The perimeter that is in force now is replaced: if this one is not confirmed, nothing is denied.';
  return [
    `The full perimeter stands for ${span(confirmWithin)} and then stops denying by itself, unless it is confirmed: quilt-perimeter confirm.${rest}`,
  ];
}

function buildOf(input: PerimeterInput, seen: OrganizationSeen, wide: string, now: Date): Build {
  const { choices, landscape } = input;
  const account = landscape.survey.quilt.accountId;
  const attached = new Set(seen.policy?.attachedTo.map(({ id }) => id) ?? []);
  const binding = new Set(account === seen.info.managementAccountId ? [] : seen.ancestors.map(({ target }) => target.id));
  const standing = seen.policy?.content ?? null;
  // Attached to nothing it is in force for nobody, whatever its date.
  const guard = standing === null || attached.size === 0 ? null : guardInForce(standing, now);
  const isWide = standing !== null && samePolicy(guard === null ? standing : withoutGuard(standing), wide);
  const missing = seen.targets.filter(({ target }) => !attached.has(target.id)).map(({ target }) => target);
  const first = seen.targets[0]?.target;
  if (first === undefined) throw stopped('TARGET', 'planning the SCP: no target was chosen', 'give one with --target');
  return {
    input,
    seen,
    wide,
    isWide,
    guardedUntil: guard?.until ?? null,
    attached,
    missing,
    first,
    // Wide and attached somewhere: the operator has been under it, or it was accepted that this could not be shown.
    narrowFirst: guard === null && (!isWide || attached.size === 0),
    canProbe: !choices.skipProbes && binding.has(first.id),
    bindsNow: [...attached].some((id) => binding.has(id)),
    bindsLater: missing.filter(({ id }) => binding.has(id)),
  };
}

/** The longest version that is put, as long as it is sent; while ranges are changed the one that stands is beside the probes. */
function largestOf(wide: string, changes: readonly Change[]): string {
  const contents = changes.flatMap(({ after }) =>
    typeof after === 'object' && after !== null && 'content' in after && typeof after.content === 'string' ? [after.content] : [],
  );
  return [wide, ...contents].map(asLongAsSent).reduce((one, other) => (sizeOf(other) > sizeOf(one) ? other : one));
}

/** Why the SCP would come into force for this account without a probe; null where it is probed or never binds it. */
function unprobed(build: Build): string | null {
  const { input, seen, first, canProbe, narrowFirst, bindsNow, bindsLater } = build;
  const account = input.landscape.survey.quilt.accountId;
  if (input.choices.skipProbes || account === seen.info.managementAccountId) return null;
  if (narrowFirst ? canProbe : bindsNow || bindsLater.length === 0) return null;
  if (!narrowFirst) {
    return `SCP ${input.choices.policyName} is in force elsewhere already, and ${bindsLater.map(({ id }) => id).join(', ')} would bind account ${account} without a probe`;
  }
  return `the first target, ${first.name} (${first.id}), does not bind account ${account}: what the SCP does to this operator cannot be probed from here`;
}

function guarded({ input, attached }: Build): string {
  const { confirmWithin } = input.choices;
  if (confirmWithin === null) return '';
  return ` for ${span(confirmWithin)}${attached.size === 0 ? '' : ', in place of the one in force, which does not come back then'}`;
}

function confirmationsOf(build: Build, changes: readonly Change[]): readonly Confirmation[] {
  const { input, seen } = build;
  const name = input.choices.policyName;
  const { root, info } = seen;
  const ids = [...new Set(changes.map(({ confirm }) => confirm))];
  return ids.map((id): Confirmation => {
    if (id === 'scp/policy-type') {
      return {
        id,
        text: `Enable service control policies for the whole organization ${info.id}? This is never undone.`,
        typed: [root.id, info.id, ...(root.name === root.id ? [] : [root.name])],
      };
    }
    if (id === keep) return keepQuestion(name);
    const target = seen.targets.find((each) => `scp/${each.target.id}` === id)?.target ?? build.first;
    const widens = target.id === build.first.id && build.narrowFirst;
    return {
      id,
      text: widens
        ? `Attach SCP ${name} to ${typeName(target)} ${target.name} (${target.id})${build.canProbe ? ', prove that you can still work under it,' : ''} and widen it to the full perimeter${guarded(build)}?`
        : `Attach SCP ${name} to ${typeName(target)} ${target.name} (${target.id})? It binds every principal under it at once.`,
      typed: [...new Set([target.id, target.name])],
    };
  });
}
