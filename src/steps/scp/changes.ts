// The changes of the SCP's stages, each with what it needs and what proves it.
import type { OrganizationTarget } from '../../aws/types.ts';
import type { Change, Ref } from '../../engine/types.ts';
import { guardedProbe, span } from '../guard.ts';
import type { OrganizationSeen, PerimeterInput } from '../landscape.ts';
import { operatorRemedy, policyDescription } from '../perimeter-spec.ts';
import { type Probe, probeOf, probeToJson } from '../probing.ts';
import { scpWays } from '../ways-back.ts';
import { contentsOf } from './contents.ts';

/** What the stages are built from. */
export interface Build {
  readonly input: PerimeterInput;
  readonly seen: OrganizationSeen;
  /** The full document, minified. */
  readonly wide: string;
  /** The standing SCP has it. */
  readonly isWide: boolean;
  /** ISO time until which the standing SCP has it, unconfirmed; null where it is not under a date. */
  readonly guardedUntil: string | null;
  /** Ids of the targets that the SCP is attached to. */
  readonly attached: ReadonlySet<string>;
  /** The chosen targets that it is not attached to, in order. */
  readonly missing: readonly OrganizationTarget[];
  readonly first: OrganizationTarget;
  /** The SCP is put narrow, attached to the first target and widened. */
  readonly narrowFirst: boolean;
  readonly canProbe: boolean;
  /** It binds the Quilt account already. */
  readonly bindsNow: boolean;
  readonly bindsLater: readonly OrganizationTarget[];
}

export const typeName = ({ type }: OrganizationTarget): string => {
  switch (type) {
    case 'ROOT':
      return 'root';
    case 'ORGANIZATIONAL_UNIT':
      return 'organizational unit';
    case 'ACCOUNT':
      return 'account';
    default:
      return type satisfies never;
  }
};

/** Enabling the policy type, where it is not enabled. */
export function policyTypeChange({ seen }: Build): readonly Change[] {
  if (seen.policyType === 'ENABLED') return [];
  return [
    {
      key: 'scp/policy-type',
      action: 'update',
      target: { accountId: seen.info.managementAccountId, region: null, type: 'AWS::Organizations::PolicyType', name: seen.root.id },
      summary: `Enable service control policies on root ${seen.root.id}`,
      reason: `their status there is ${seen.policyType}, and nothing can be attached before they are enabled`,
      before: { kind: 'policy-type', status: seen.policyType },
      after: { kind: 'policy-type', rootId: seen.root.id, probe: null },
      risk: 'organization-wide',
      confirm: 'scp/policy-type',
      needs: [],
      seconds: 60,
      usdPerMonth: 0,
      irreversible: `Service control policies stay enabled on root ${seen.root.id}: disabling the type would detach every SCP of the organization for good.`,
    },
  ];
}

/** The SCP narrow, on the first target, proven there, and widened; nothing where it is in force already. */
export function firstStage(build: Build): readonly Change[] {
  const { input, seen, first, narrowFirst, canProbe, attached, wide } = build;
  if (!narrowFirst) return [];
  const { choices, landscape } = input;
  const name = choices.policyName;
  const key = keysOf(name);
  const probe = probeOf('scp', choices.testBucket, landscape.survey.quilt.accountId, operatorRemedy(input));
  const texts = contentsOf(build, probe);
  const standing = seen.policy;
  const confirm = `scp/${first.id}`;
  const certified = scpWays(input);
  const { ways } = certified;
  const isAttached = attached.has(first.id);
  const created = standing === null;
  // Without a probe a standing SCP goes from what it is to the full document at once.
  const narrow = created ? [key.policy] : canProbe ? [key.probe] : [];
  const inForce = isAttached ? narrow : [key.attach(first.id)];
  const update = (
    which: string,
    of: { readonly before: string; readonly after: string; readonly exact?: true; readonly idle?: boolean },
    rest: Pick<Change, 'summary' | 'reason' | 'needs' | 'seconds'> & Partial<Change>,
  ): Change => ({
    key: which,
    action: 'update',
    target: policyTarget(build),
    // Placeholders of the stage before are filled in `after` alone; whoever reads `before` knows the run.
    before: { kind: 'content', content: of.before, exact: of.exact === true, idle: of.idle === true },
    after: contentAfter(build, of.after, canProbe ? (which === key.guarded ? guardedProbe(probe) : probe) : null),
    risk: 'organization-wide',
    confirm,
    usdPerMonth: 0,
    ...rest,
    needs: [...new Set([key.policy, ...rest.needs])],
  });
  const full = {
    needs: canProbe ? [key.rehearsalBack] : inForce,
    seconds: 60,
    undoFirst: true,
    undoIfUnproven: true,
    ...(canProbe ? { replaces: key.rehearsalBack } : {}),
  } as const;
  const within = choices.confirmWithin;
  const former = canProbe || created ? texts.narrow : (standing?.content ?? texts.narrow);
  return [
    ...(created ? [creation(build, probe, texts.narrow, confirm)] : []),
    ...(created || !canProbe
      ? []
      : [
          update(
            key.probe,
            { before: standing.content, after: texts.narrow, exact: true, idle: attached.size === 0 },
            {
              summary: `Put probe statements into SCP ${name}`,
              reason: 'it stands, but not as it is wanted: S3 itself shows first whether you would still be let in',
              needs: typeNeeds(build),
              seconds: isAttached ? 240 : 5,
              temporary: true,
              precheck: 'scp-baseline',
              ...(isAttached ? { proof: 'scp-verdict', ways } : {}),
            },
          ),
        ]),
    ...(isAttached ? [] : [{ ...attachment(build, first, narrow, confirm, canProbe ? probe : null), ...narrowlyAttached(build), ways }]),
    ...(canProbe
      ? [
          update(
            key.rehearsal,
            { before: texts.narrow, after: texts.lifted },
            {
              summary: `Rehearse the way back: update SCP ${name} to a version without the control`,
              reason: 'the call that lifts the perimeter everywhere is seen to work before anything is denied',
              needs: inForce,
              seconds: 60,
              temporary: true,
              ...(created ? {} : { replaces: key.probe }),
              proof: 'scp-lifted',
              ways,
            },
          ),
          update(
            key.rehearsalBack,
            { before: texts.lifted, after: texts.narrow },
            {
              summary: `Put the probe statements back into SCP ${name}`,
              reason: 'the control has to be refused, so that the wide version is seen to take effect',
              needs: [key.rehearsal],
              seconds: 60,
              temporary: true,
              replaces: key.rehearsal,
              proof: 'scp-in-force',
            },
          ),
        ]
      : []),
    within === null
      ? update(
          key.content,
          { before: former, after: wide },
          {
            summary: `Widen SCP ${name} to the full perimeter`,
            reason: `all buckets in scope (${choices.buckets.join(', ')}) for every principal under ${first.name}`,
            ...full,
            ...certified,
            ...(canProbe ? { proof: 'scp-wide' } : {}),
          },
        )
      : update(
          key.guarded,
          { before: former, after: texts.guarded },
          {
            summary: `Widen SCP ${name} to the full perimeter for ${span(within)}, unless it is confirmed`,
            reason: `all buckets in scope (${choices.buckets.join(', ')}) for every principal under ${first.name}; AWS stops denying by itself at that time`,
            ...full,
            ...certified,
            ...(canProbe ? { proof: 'scp-in-force' } : {}),
            guard: { seconds: within, until: null, proof: 'scp-verdict' },
          },
        ),
  ];
}

/** What a change of the content carries. */
export const contentAfter = (build: Build, content: string, probe: Probe | null): Change['after'] => ({
  kind: 'content',
  policyId: policyId(build),
  content,
  probe: probe === null ? null : probeToJson(probe),
  bucket: build.input.choices.testBucket,
  partition: build.input.landscape.survey.quilt.partition,
});

/** Attaching the wide SCP to the targets that are left, in the order given, one after the other. */
export function furtherTargets(build: Build): readonly Change[] {
  const { missing, first, narrowFirst, input } = build;
  const key = keysOf(input.choices.policyName);
  const left = narrowFirst ? missing.filter(({ id }) => id !== first.id) : missing;
  return left.map((target, index) => {
    const previous = left[index - 1];
    const widened = input.choices.confirmWithin === null ? key.content : key.guarded;
    const needs =
      previous === undefined ? (narrowFirst ? [widened] : build.guardedUntil === null ? [] : [key.guarded]) : [key.attach(previous.id)];
    const probe = standingProbe(build);
    const precheck = probe === null ? {} : { precheck: 'scp-standing' };
    return { ...attachment(build, target, needs, `scp/${target.id}`, probe), ...precheck, ...scpWays(input) };
  });
}

/** Where the SCP is in force for this account already, S3 shows under it who passes: no statement is put for that. */
function standingProbe({ input, narrowFirst, bindsNow }: Build): Probe | null {
  const { choices, landscape } = input;
  return narrowFirst || !bindsNow || choices.skipProbes
    ? null
    : probeOf('scp', choices.testBucket, landscape.survey.quilt.accountId, operatorRemedy(input));
}

/** What is different where the SCP is attached for a probe. */
function narrowlyAttached({ canProbe }: Build): Partial<Change> {
  if (!canProbe) return {};
  return {
    reason: 'probe statements only, until S3 has shown that you can still work under them',
    seconds: 300,
    proof: 'scp-verdict',
    undoIfUnproven: true,
  };
}

export const keysOf = (name: string) => ({
  policy: `scp/${name}/policy`,
  probe: `scp/${name}/probe`,
  attach: (id: string) => `scp/${name}/attach/${id}`,
  rehearsal: `scp/${name}/rehearsal`,
  rehearsalBack: `scp/${name}/rehearsal-back`,
  content: `scp/${name}/content`,
  guarded: `scp/${name}/guarded`,
});

const typeNeeds = ({ seen }: Build): readonly string[] => (seen.policyType === 'ENABLED' ? [] : ['scp/policy-type']);

const policyId = ({ seen, input }: Build): string | Ref =>
  seen.policy === null ? { ref: keysOf(input.choices.policyName).policy, field: 'id' } : seen.policy.policy.id;

export const policyTarget = ({ seen, input }: Build): Change['target'] => ({
  accountId: seen.info.managementAccountId,
  region: null,
  type: 'AWS::Organizations::Policy',
  name: input.choices.policyName,
});

function creation(build: Build, probe: Probe, content: string, confirm: string): Change {
  const { input, canProbe } = build;
  const name = input.choices.policyName;
  return {
    key: keysOf(name).policy,
    action: 'create',
    target: policyTarget(build),
    summary: `Create SCP ${name} with probe statements only`,
    reason: 'it binds nobody until it is attached, and denies nothing but two keys that do not exist',
    before: null,
    after: { kind: 'policy', name, description: policyDescription(input), content, probe: canProbe ? probeToJson(probe) : null },
    risk: 'additive',
    confirm,
    needs: typeNeeds(build),
    seconds: 5,
    usdPerMonth: 0,
    undoIfUnproven: true,
    ...(canProbe ? { precheck: 'scp-baseline' } : {}),
  };
}

function attachment(build: Build, target: OrganizationTarget, needs: readonly string[], confirm: string, probe: Probe | null): Change {
  const name = build.input.choices.policyName;
  return {
    key: keysOf(name).attach(target.id),
    action: 'create',
    target: { ...policyTarget(build), type: 'AWS::Organizations::PolicyAttachment', name: target.id },
    summary: `Attach SCP ${name} to ${typeName(target)} ${target.name} (${target.id})`,
    reason: 'every principal under it is held to the expected networks',
    before: null,
    after: { kind: 'attachment', policyId: policyId(build), targetId: target.id, probe: probe === null ? null : probeToJson(probe) },
    risk: 'organization-wide',
    confirm,
    // Also where it was made by an earlier run: rollback detaches before it deletes.
    needs: [...new Set([...typeNeeds(build), keysOf(name).policy, ...needs])],
    seconds: 60,
    usdPerMonth: 0,
  };
}
