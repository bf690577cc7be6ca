// The statements that a probe needs: a control that shows whether a policy is in force, and a sentinel that shows what the
// perimeter's very condition does to whoever asks. Both name objects that do not exist (K8).
import type { ConditionBlock, PolicyDocument, Statement } from './document.ts';
import { outsideCondition, type PerimeterSpec, type PolicyKind, perimeterCondition } from './perimeter.ts';

export interface ProbeKeys {
  readonly kind: PolicyKind;
  readonly bucket: string;
  readonly controlKey: string;
  readonly sentinelKey: string;
  /** ISO time after which both stop denying by themselves (K9). */
  readonly expires: string;
  /** False leaves the control's deny out: the version by which the rehearsal sees the control readable again. */
  readonly control: boolean;
}

/** Deny GetObject on the control key unconditionally, and on the sentinel key under the perimeter's conditions. */
export function probeStatements(spec: PerimeterSpec, probe: ProbeKeys): readonly Statement[] {
  const until = { ...spec, expires: probe.expires };
  const outside = probe.kind === 'bucket' ? outsideCondition(until) : null;
  const sentinel = (Sid: string, condition: ConditionBlock): Statement =>
    denyGet(spec.partition, probe.kind, Sid, probe.bucket, probe.sentinelKey, condition);
  return [
    ...(probe.control ? [controlStatement({ ...probe, partition: spec.partition })] : []),
    sentinel('QuiltPerimeterProbeSentinel', perimeterCondition(until, probe.kind)),
    ...(outside === null ? [] : [sentinel('QuiltPerimeterProbeSentinelOutsideOrganization', outside)]),
  ];
}

/** The control alone, to stand beside the full statement until its taking effect has been seen. `expires` null: never. */
export function controlStatement(of: {
  readonly partition: string;
  readonly kind: PolicyKind;
  readonly bucket: string;
  readonly controlKey: string;
  readonly expires: string | null;
}): Statement {
  const until = of.expires === null ? null : { DateLessThan: { 'aws:CurrentTime': of.expires } };
  return denyGet(of.partition, of.kind, 'QuiltPerimeterProbeControl', of.bucket, of.controlKey, until);
}

/** The SCP that lifts the perimeter: it denies only the absent control key, and so shows when it is in force. */
export function liftedDocument(of: { readonly partition: string; readonly bucket: string; readonly controlKey: string }): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [denyGet(of.partition, 'scp', 'QuiltPerimeterLifted', of.bucket, of.controlKey, null)],
  };
}

function denyGet(
  partition: string,
  kind: PolicyKind,
  Sid: string,
  bucket: string,
  key: string,
  condition: ConditionBlock | null,
): Statement {
  return {
    Sid,
    Effect: 'Deny',
    ...(kind === 'bucket' ? { Principal: '*' } : {}),
    Action: 's3:GetObject',
    Resource: `arn:${partition}:s3:::${bucket}/${key}`,
    ...(condition === null ? {} : { Condition: condition }),
  };
}
