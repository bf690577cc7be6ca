// What is to be put on the test bucket, and in which order: probe, rehearsal, trial, statement. Under --confirm-within the
// trial's place is taken by what stands until it is confirmed.
import type { Change, StepPlan } from '../../engine/types.ts';
import { stopped } from '../../errors.ts';
import { bytesOf, isOurs, minify, type PolicyDocument, parsePolicy, type Statement, withoutOurs } from '../../policy/document.ts';
import { bucketStatements, explainPerimeter } from '../../policy/perimeter.ts';
import { controlStatement, probeStatements } from '../../policy/probe.ts';
import { mergedText } from '../../policy/prove.ts';
import type { Json } from '../../ports.ts';
import { confirmBy, guardedProbe, span } from '../guard.ts';
import type { PerimeterInput } from '../landscape.ts';
import { operatorRemedy, perimeterSpec } from '../perimeter-spec.ts';
import { asLongAsSent, type Probe, probeOf, probeToJson } from '../probing.ts';
import { sameStatements } from '../same-policy.ts';
import { bucketWays, waysNote } from '../ways-back.ts';
import { bucketPolicyFindings, unreadable, unreadFindings } from './findings.ts';
import { keeping, keepQuestion, planUnconfirmed } from './guarded.ts';
import { addressNote } from './operator-findings.ts';

const expires = '{{run.probeExpiry}}';
const confirm = 'bucket-policy';

/**
 * The plan for the test bucket. Where its present policy cannot be read, that is QP303, and accepting it does not help:
 * nothing can be merged unread, so the step is stopped.
 * @param now by which what is guarded is over
 */
export function planBucketPolicy(input: PerimeterInput, now: Date): StepPlan {
  const { choices } = input;
  const waiting = planUnconfirmed(input, now);
  if (waiting !== null) return waiting;
  const present = presentPolicy(input);
  const spec = perimeterSpec(input);
  const wanted = bucketStatements(spec, choices.testBucket);
  if ('unreadable' in present) {
    const found = unreadable(input, present.unreadable);
    if (choices.accept.includes('QP303')) throw stopped('BUCKET_POLICY_UNREADABLE', found.detail, found.remedy);
    return { changes: [], confirmations: [], findings: unreadFindings(input, wanted, present.unreadable), notes: addressNote(input) };
  }
  if (sameStatements(present.ours, wanted)) {
    return {
      changes: [],
      confirmations: [],
      findings: bucketPolicyFindings(input, { present: present.document, wanted, largest: null }),
      notes: [`The perimeter's statements stand on bucket ${choices.testBucket}; they stay there after graduation to the SCP.`],
    };
  }
  const { changes, largest } = changesOf(input, present, wanted);
  return {
    changes,
    confirmations: [
      {
        id: confirm,
        text: questionOf(input, present),
        typed: [],
      },
      ...(choices.confirmWithin === null ? [] : [keepQuestion(choices.testBucket)]),
    ],
    findings: bucketPolicyFindings(input, { present: present.document, wanted, largest }),
    notes: [
      explainPerimeter(spec, choices.testBucket),
      ...guardNote(input, present),
      ...addressNote(input),
      ...waysNote(bucketWays(input), input),
    ],
  };
}

interface Present {
  /** The pre-image, byte for byte; null: no policy. */
  readonly text: string | null;
  readonly document: PolicyDocument | null;
  /** Statements of ours in it. */
  readonly ours: readonly Statement[];
}

/**
 * The policy that rollback restores. What a killed run left of its probe or trial is no part of it: those statements expire
 * by themselves, and what others wrote is all that stood before them.
 */
function presentPolicy({ landscape }: PerimeterInput): Present | { readonly unreadable: string } {
  const { policy } = landscape.buckets.test;
  if (!policy.known) return { unreadable: policy.why };
  if (policy.value === null) return { text: null, document: null, ours: [] };
  const parsed = parsePolicy(policy.value);
  if (!parsed.ok) return { unreadable: parsed.reason };
  const ours = parsed.document.Statement.filter(isOurs);
  if (!ours.some(isTrial)) return { text: policy.value, document: parsed.document, ours };
  const others = withoutOurs(parsed.document);
  if (others.length === 0) return { text: null, document: null, ours: [] };
  const document = { ...parsed.document, Statement: others };
  return { text: minify(document), document, ours: [] };
}

function questionOf({ choices }: PerimeterInput, present: Present): string {
  const proof = choices.skipProbes
    ? ' without a probe of whether you can still take it off'
    : ', once a probe has shown that you can still take it off';
  if (choices.confirmWithin === null) return `Put the perimeter on bucket ${choices.testBucket}${proof}?`;
  const instead = present.ours.length === 0 ? '' : ' in place of the one that stands there, which does not come back then';
  return `Put the perimeter on bucket ${choices.testBucket} for ${span(choices.confirmWithin)}${instead}${proof}?`;
}

function guardNote({ choices }: PerimeterInput, present: Present): readonly string[] {
  if (choices.confirmWithin === null) return [];
  const rest =
    present.ours.length === 0 ? '' : ' The perimeter that stands there now is replaced: if this one is not confirmed, nothing is denied.';
  return [
    `It stands for ${span(choices.confirmWithin)} and then stops denying by itself, unless it is confirmed: quilt-perimeter confirm.${rest}`,
  ];
}

const isTrial = (statement: Statement): boolean =>
  statement.Sid?.startsWith('QuiltPerimeterProbe') === true || statement.Condition?.DateLessThan !== undefined;

function changesOf(
  input: PerimeterInput,
  present: Present,
  wanted: readonly Statement[],
): { readonly changes: readonly Change[]; readonly largest: string } {
  const { choices, landscape } = input;
  const { quilt } = landscape.survey;
  const bucket = choices.testBucket;
  const spec = perimeterSpec(input);
  const probe = probeOf('bucket', bucket, quilt.accountId, operatorRemedy(input));
  const within = choices.confirmWithin;
  const trialProbe: Probe = within === null ? { ...probe, control: `${probe.control}-trial` } : guardedProbe(probe);
  const key = (name: string) => `bucket-policy/${bucket}/${name}`;
  const merged = (ours: readonly Statement[]) => mergedText(present.document, ours, `bucket ${bucket}`);
  const { region } = landscape.buckets.test;
  const after = (policy: string | null, carried: Probe): Json => ({
    bucket,
    owner: quilt.accountId,
    region: region.known ? region.value : quilt.region,
    policy,
    probe: probeToJson(carried),
  });
  const until = within === null ? expires : confirmBy;
  const control: Statement = controlStatement({
    partition: spec.partition,
    kind: 'bucket',
    bucket,
    controlKey: trialProbe.control,
    expires: until,
  });
  const change = (name: string, rest: Pick<Change, 'summary' | 'reason' | 'after' | 'needs' | 'seconds'> & Partial<Change>): Change => ({
    key: key(name),
    action: present.text === null ? 'create' : 'update',
    target: { accountId: quilt.accountId, region: region.known ? region.value : quilt.region, type: 'AWS::S3::BucketPolicy', name: bucket },
    before: { policy: present.text },
    risk: 'access-affecting',
    confirm,
    usdPerMonth: 0,
    ...rest,
  });
  const certified = bucketWays(input);
  const { ways } = certified;
  const trial = merged([...bucketStatements({ ...spec, expires: until }, bucket), control]);
  const probing = merged([
    ...present.ours,
    ...probeStatements(spec, {
      kind: 'bucket',
      bucket,
      controlKey: probe.control,
      sentinelKey: probe.sentinel,
      expires,
      control: true,
    }),
  ]);
  const guarded =
    within === null
      ? null
      : change('guarded', {
          summary: `Put the perimeter on bucket ${bucket} for ${span(within)}, unless it is confirmed`,
          reason: 'AWS stops denying by itself at that time, with no process and no credentials left anywhere',
          after: after(trial, trialProbe),
          needs: [key('rehearsal')],
          seconds: 30,
          proof: 'bucket-in-force',
          undoIfUnproven: true,
          guard: { seconds: within, until: null, proof: 'bucket-verdict' },
          ...certified,
        });
  const changes = [
    change('probe', {
      summary: `Probe bucket ${bucket}: deny two keys that do not exist`,
      reason: 'S3 itself shows whether you would still be let in; the statements expire by themselves within the hour',
      after: after(probing, probe),
      needs: [],
      seconds: 90,
      temporary: true,
      precheck: 'bucket-baseline',
      proof: 'bucket-verdict',
      ways,
    }),
    change('rehearsal', {
      summary: `Rehearse the way back: ${present.text === null ? 'remove' : 'put back'} the policy of bucket ${bucket}`,
      reason: 'the call that rollback will use is seen to work before anything is denied',
      after: after(present.text, probe),
      needs: [key('probe')],
      seconds: 20,
      temporary: true,
      undoes: key('probe'),
      proof: 'bucket-lifted',
      ways,
    }),
    ...(guarded === null
      ? [
          change('trial', {
            summary: `Put the perimeter on bucket ${bucket} for a trial that expires by itself`,
            reason: 'a control beside it shows when it has taken effect',
            after: after(trial, trialProbe),
            needs: [key('rehearsal')],
            seconds: 30,
            temporary: true,
            proof: 'bucket-in-force',
            ...certified,
          }),
          change('statement', {
            summary: `Put the perimeter on bucket ${bucket}`,
            reason: 'one clean bucket shows that Quilt and the other services reach it as expected before the organization is bound',
            after: after(merged(wanted), trialProbe),
            needs: [key('trial')],
            seconds: 5,
            replaces: key('trial'),
            ...certified,
          }),
        ]
      : [guarded, keeping(guarded)]),
  ];
  const [one, other] = [asLongAsSent(probing), asLongAsSent(trial)];
  return { changes, largest: bytesOf(one) > bytesOf(other) ? one : other };
}
