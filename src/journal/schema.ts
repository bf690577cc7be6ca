// Checks what was read from disk: journal lines and saved plans. Loaded only when there is something to check.
import { z } from 'zod';
import { badInput } from '../errors.ts';
import type { Json } from '../ports.ts';
import { type ChangeRecord, type Entry, journalVersion, stepNames } from './entries.ts';

const json = z.custom<Json>((value) => value !== undefined, 'a value is missing');
const key = z.string().min(1);
const generation = z.int().min(1);
const isoTime = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'not a time');
const count = z.int().min(0);
const nullable = z.string().nullable();

const way = z.strictObject({
  kind: z.enum(['operator', 'exempt-role', 'organization', 'root-access', 'root-password']),
  principal: z.string(),
  network: z.string(),
  call: z.string(),
  passesBy: z.array(z.string()),
  credentials: z.string(),
  state: z.enum(['exercised', 'claimed']),
  how: z.string(),
});

const changeSchema = z.looseObject({
  key,
  action: z.enum(['create', 'update', 'delete']),
  target: z.looseObject({ accountId: z.string(), region: nullable, type: z.string(), name: z.string() }),
  summary: z.string(),
  reason: z.string(),
  before: json,
  after: json,
  risk: z.enum(['additive', 'access-affecting', 'organization-wide']),
  confirm: z.string(),
  needs: z.array(z.string()),
  seconds: z.number().nullable(),
  usdPerMonth: z.number().nullable(),
  temporary: z.literal(true).exactOptional(),
  precheck: z.string().exactOptional(),
  proof: z.string().exactOptional(),
  undoes: z.string().exactOptional(),
  replaces: z.string().exactOptional(),
  undoFirst: z.literal(true).exactOptional(),
  irreversible: z.string().exactOptional(),
  prepare: z.literal(true).exactOptional(),
  undoIfUnproven: z.literal(true).exactOptional(),
  ways: z.array(way).exactOptional(),
  certified: z.strictObject({ remedy: z.string() }).exactOptional(),
  guard: z.looseObject({ seconds: z.number(), until: isoTime.nullable(), proof: z.string() }).exactOptional(),
  confirms: z.looseObject({ key, until: nullable, isWanted: z.boolean() }).exactOptional(),
});

const answers = z.strictObject({ allowed: count, denied: count });
const line = { v: z.literal(journalVersion), at: isoTime, run: z.string().min(1) };
const ofChange = { ...line, key, generation };
const place = z.strictObject({
  partition: z.string(),
  accountId: z.string(),
  region: z.string(),
  organizationId: nullable,
  managementAccountId: nullable,
  stack: nullable,
  vpc: nullable,
});
const made = z.strictObject({ id: z.string(), fields: z.record(z.string(), z.string()), state: json.exactOptional() });

const entrySchema = z.discriminatedUnion('type', [
  z.strictObject({ ...line, type: z.literal('opened'), place, toolVersion: z.string() }),
  z.strictObject({
    ...line,
    type: z.literal('run-started'),
    command: z.string(),
    identities: json,
    choices: z.record(z.string(), json).exactOptional(),
  }),
  z.strictObject({ ...line, type: z.literal('approved'), step: z.enum(stepNames), confirmation: z.string(), keys: z.array(key) }),
  z.strictObject({
    ...ofChange,
    type: z.literal('begun'),
    step: z.enum(stepNames),
    token: z.string().min(1).max(64),
    change: changeSchema,
  }),
  z.strictObject({ ...ofChange, type: z.literal('made'), made }),
  z.strictObject({ ...ofChange, type: z.literal('done') }),
  z.strictObject({ ...ofChange, type: z.literal('failed'), error: z.strictObject({ code: z.string(), summary: z.string() }) }),
  z.strictObject({ ...ofChange, type: z.literal('undo-begun') }),
  z.strictObject({ ...ofChange, type: z.literal('undone'), superseded: key.exactOptional() }),
  z.strictObject({
    ...line,
    type: z.literal('probe'),
    step: z.enum(stepNames),
    key,
    stage: z.string(),
    verdict: z.enum(['passed', 'failed', 'skipped']),
    code: nullable,
    detail: nullable,
    answers: z.strictObject({ control: answers, sentinel: answers }),
  }),
  z.strictObject({ ...line, type: z.literal('certificate'), step: z.enum(stepNames), key, ways: z.array(way), independent: count }),
  z.strictObject({
    ...line,
    type: z.literal('assessed'),
    sources: z.array(z.string()),
    source: z.strictObject({ kind: z.enum(['files', 's3', 'athena']), hash: z.string() }),
    files: count,
    events: count,
    considered: count,
    from: isoTime.nullable(),
    to: isoTime.nullable(),
    paths: z.strictObject({ passes: count, newlyDenied: count, unknown: count }),
    maxDenied: count,
    details: z.strictObject({ file: z.string(), sha256: z.string(), paths: count, left: count }),
  }),
  z.strictObject({
    ...line,
    type: z.literal('verified'),
    checks: z.array(z.strictObject({ id: z.string(), state: z.enum(['ok', 'failed', 'unknown']) })),
  }),
  z.strictObject({ ...ofChange, type: z.literal('adopted') }),
  z.strictObject({ ...line, type: z.literal('run-ended'), outcome: z.enum(['done', 'stopped', 'failed', 'interrupted']) }),
]);

/** The entries that a line may hold, or what is wrong with the first that does not fit. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** One parsed line as an entry. Throws nothing; the caller names the line. */
export function checkEntry(value: unknown): Checked<Entry> {
  return checked(entrySchema.safeParse(value));
}

const savedPlanSchema = z.strictObject({
  kind: z.literal('quilt-perimeter plan'),
  version: z.literal(1),
  toolVersion: z.string(),
  savedAt: isoTime,
  place,
  settingsHash: z.string(),
  flags: z.record(z.string(), z.union([z.string(), z.literal(true), z.array(z.string())])),
  steps: z.array(z.strictObject({ id: z.enum(stepNames), state: z.string(), changesHash: z.string(), changes: z.array(changeSchema) })),
});

/** A saved plan as far as its form goes. */
export type SavedPlanRecord = {
  readonly kind: 'quilt-perimeter plan';
  readonly version: 1;
  readonly toolVersion: string;
  readonly savedAt: string;
  readonly place: z.infer<typeof place>;
  readonly settingsHash: string;
  readonly flags: { readonly [name: string]: string | true | readonly string[] };
  readonly steps: readonly {
    readonly id: (typeof stepNames)[number];
    readonly state: string;
    readonly changesHash: string;
    readonly changes: readonly ChangeRecord[];
  }[];
};

/** A saved plan's text, parsed and checked. Throws PerimeterError (input) where it is no plan or of a newer version. */
export function parseSavedPlan(text: string, path: string): SavedPlanRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badInput('PLAN_UNREADABLE', `reading plan (${path}): not JSON`, 'save it again with: quilt-perimeter plan --out FILE', error);
  }
  if (versionOf(value) > 1) {
    throw badInput('PLAN_NEWER', `reading plan (${path}): written by a newer version`, 'use the version that wrote it, or save it again');
  }
  const result = checked<SavedPlanRecord>(savedPlanSchema.safeParse(value));
  if (!result.ok) {
    throw badInput('PLAN_UNREADABLE', `reading plan (${path}): ${result.why}`, 'save it again with: quilt-perimeter plan --out FILE');
  }
  return result.value;
}

function versionOf(value: unknown): number {
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : 1;
  return typeof version === 'number' ? version : 1;
}

function checked<T>(result: { success: true; data: T } | { success: false; error: z.ZodError }): Checked<T> {
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return { ok: false, why: `${where}${issue?.message.replace(/, received undefined$/, ', but it is missing') ?? 'of another form'}` };
}
