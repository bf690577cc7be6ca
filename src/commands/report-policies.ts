// The perimeter's policies before and after, for somebody who approves them: the texts, their sentences, and whom they change
// something for. Pure.
import { createHash } from 'node:crypto';
import { type JournaledChange, stands } from '../journal/journal.ts';
import { diffPolicies, type VerdictChange } from '../policy/diff.ts';
import { isOurs, type PolicyDocument, parsePolicy, type Statement, sizeOf, withoutOurs } from '../policy/document.ts';
import { bucketStatements, type PerimeterSpec, scpDocument } from '../policy/perimeter.ts';
import { mergedText, writtenText } from '../policy/prove.ts';
import { conditionSentences, statementSentence } from '../policy/sentences.ts';
import type { Json } from '../ports.ts';
import { fieldsOf } from '../steps/fields.ts';
import type { PerimeterInput } from '../steps/landscape.ts';
import { sameStatements } from '../steps/same-policy.ts';
import type { PolicyEffects, PolicyReport } from '../ui/report/model.ts';

/**
 * The test bucket's policy, then the SCP, each as it was before this tool's first change that stands, and as it will be or is.
 * @throws PerimeterError POLICY_CHANGED or POLICY_UNPROVEN (exit 3), as the step that puts it on would
 */
export function policyReports(input: PerimeterInput, spec: PerimeterSpec, journaled: readonly JournaledChange[]): readonly PolicyReport[] {
  return [bucketReport(input, spec, journaled), scpReport(input, spec, journaled)].filter((report) => report !== null);
}

function bucketReport(input: PerimeterInput, spec: PerimeterSpec, journaled: readonly JournaledChange[]): PolicyReport | null {
  const { testBucket } = input.choices;
  const { policy } = input.landscape.buckets.test;
  // What cannot be read cannot be merged: QP303 says so among the findings.
  if (!policy.known) return null;
  const now = documentIn(policy.value);
  if (policy.value !== null && now === null) return null;
  const name = `policy of bucket ${testBucket}`;
  const first = firstStanding(journaled, 'bucket-policy');
  const earlier = first === null ? policy.value : textAt(first.change.before, 'policy');
  const after = mergedText(now === null ? null : othersOf(now), bucketStatements(spec, testBucket), `bucket ${testBucket}`);
  const binds = 'binds everybody who asks for this bucket, anonymous requests and other accounts included';
  return reportOf(name, binds, withoutTrials(documentIn(earlier)), after);
}

function scpReport(input: PerimeterInput, spec: PerimeterSpec, journaled: readonly JournaledChange[]): PolicyReport {
  const { choices, landscape } = input;
  const { organization } = landscape;
  const name = `SCP ${choices.policyName}`;
  const present = organization.known ? (organization.value.policy?.content ?? null) : null;
  const first = firstStanding(journaled, 'scp', ({ change }) => fieldsOf(change.after).content !== undefined);
  const earlier = first === null ? present : textAt(first.change.before, 'content');
  const targets = targetNames(input);
  const binds = `attached to ${targets.join(', then ')}: binds every principal there and below, wherever the buckets are`;
  return reportOf(name, binds, withoutTrials(documentIn(earlier)), writtenText(scpDocument(spec), name));
}

/** The SCP's targets in their order: `account Quilt Production (444455556666)`. */
export function targetNames({ choices, landscape: { organization } }: PerimeterInput): readonly string[] {
  const seen = organization.known ? organization.value.targets : [];
  const kinds = { ROOT: 'root', ORGANIZATIONAL_UNIT: 'organizational unit', ACCOUNT: 'account' } as const;
  return choices.targets.map((id) => {
    const found = seen.find(({ target }) => target.id === id)?.target;
    if (found === undefined) return id;
    return found.name === id ? `${kinds[found.type]} ${id}` : `${kinds[found.type]} ${found.name} (${id})`;
  });
}

function firstStanding(
  journaled: readonly JournaledChange[],
  step: JournaledChange['step'],
  isMeant: (change: JournaledChange) => boolean = () => true,
): JournaledChange | null {
  const found = journaled.filter((each) => each.step === step && stands(each) && each.change.temporary !== true && isMeant(each));
  return found.reduce<JournaledChange | null>((first, each) => (first === null || each.begunAt < first.begunAt ? each : first), null);
}

function textAt(value: Json, field: string): string | null {
  const text = fieldsOf(value)[field];
  return typeof text === 'string' ? text : null;
}

function documentIn(text: string | null): PolicyDocument | null {
  const parsed = text === null ? null : parsePolicy(text);
  return parsed?.ok === true ? parsed.document : null;
}

const othersOf = (document: PolicyDocument): PolicyDocument | null => {
  const others = withoutOurs(document);
  return others.length === 0 ? null : { ...document, Statement: others };
};

/** Probes expire by themselves, and are no policy that anybody had. */
function withoutTrials(document: PolicyDocument | null): PolicyDocument | null {
  if (document === null) return null;
  const lasting = document.Statement.filter(({ Sid }) => Sid !== 'QuiltPerimeterLifted' && !Sid?.startsWith('QuiltPerimeterProbe'));
  return lasting.length === 0 ? null : { ...document, Statement: lasting };
}

function reportOf(name: string, binds: string, before: PolicyDocument | null, text: string): PolicyReport {
  const after = documentIn(text) ?? { Statement: [] };
  return {
    name,
    binds,
    before: before === null ? null : JSON.stringify(before, null, 2),
    after: JSON.stringify(after, null, 2),
    sha256: createHash('sha256').update(text).digest('hex'),
    characters: sizeOf(text),
    statements: after.Statement.map((statement, index) => ({
      name: statement.Sid ?? `statement ${index + 1}`,
      ours: isOurs(statement),
      sentence: statementSentence(statement),
      conditions: conditionSentences(statement).map(({ operator, key, values, sentence }) => ({
        written: `${operator} ${key}: ${values.join(', ')}`,
        sentence,
      })),
    })),
    effects: effectsOf(before, after),
  };
}

const mostExamples = 6;

function effectsOf(before: PolicyDocument | null, after: PolicyDocument): PolicyEffects {
  if (before !== null && sameStatements(before.Statement, after.Statement)) return { examples: [], classes: 0, complete: true };
  const nothing: readonly Statement[] = [];
  const { changes, classes, complete } = diffPolicies(
    { type: 'documents', documents: [before ?? { Version: '2012-10-17', Statement: nothing }] },
    { type: 'documents', documents: [after] },
  );
  return { examples: changes.slice(0, mostExamples).map(exampleOf), classes, complete: complete && changes.length <= mostExamples };
}

const exampleOf = ({ request, old, new: now }: VerdictChange): PolicyEffects['examples'][number] => ({
  request: `${request.principal} calls ${request.action} on ${request.resource}`,
  context: Object.entries(request.context).map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`),
  before: old.verdict,
  after: now.verdict,
});
