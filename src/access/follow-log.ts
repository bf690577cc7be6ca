// One log of a trail that is followed: how often each path was taken in it, and each refused call by itself.
import { deniedCodes } from './denied.ts';
import { Grouping } from './grouping.ts';
import { LogScan } from './log-scan.ts';
import { merge } from './merge.ts';
import { bounds } from './part.ts';
import { pathsOfKeys } from './path-key.ts';
import type { RecordFields } from './record-fields.ts';
import { field } from './record-places.ts';
import { rankOf } from './second-copies.ts';
import type { SessionTags } from './session-tags.ts';
import type { TrailCount, TrailPath, TrailWindow } from './types.ts';
import { type LogContent, unpack } from './unpack.ts';

/** One call that S3 refused, as one record tells it. */
export interface DeniedCall {
  /** Of the call, whoever logged it: `sharedEventID`, else `eventID`; null where the record has neither. */
  readonly id: string | null;
  /** How much the record tells of the caller; of two copies the higher one counts. */
  readonly rank: number;
  /** ISO time. */
  readonly at: string;
  readonly path: TrailPath;
  /** Of the caller's session, by which its tags are found; null for none. */
  readonly accessKeyId: string | null;
  /** The object's key; null where the call is about the bucket. */
  readonly key: string | null;
  /** AWS's words; null where the record has none. */
  readonly message: string | null;
}

export interface ReadLog {
  /** Why it was not read to its end, as the rest of a sentence; null where it was. */
  readonly broken: string | null;
  readonly events: number;
  readonly denials: readonly DeniedCall[];
  /** Every path in it, refused calls too. */
  readonly counts: readonly TrailCount[];
  /** Tags that sessions brought, by access key. */
  readonly tags: ReadonlyMap<string, SessionTags>;
}

const codes = deniedCodes.map((code) => Buffer.from(code));

/** Reads one log; of the records those within the window. */
export async function readLog(content: LogContent, window: TrailWindow): Promise<ReadLog> {
  const refused: { readonly record: Dict; readonly path: number }[] = [];
  const grouping = new Grouping(window, bounds, (fields, path) => {
    if (isRefused(fields)) refused.push({ record: dict(JSON.parse(fields.whole().toString('utf8'))), path });
  });
  const scan = new LogScan((fields) => grouping.take(fields));
  const { broken } = await unpack(content, scan);
  const part = grouping.part();
  const paths = pathsOfKeys(part.paths);
  const denials = refused.flatMap(({ record, path: number }): readonly DeniedCall[] => {
    const path = paths[number];
    return path === undefined ? [] : [callOf(record, path)];
  });
  return { broken, events: scan.records, denials, counts: merge([part]).counts, tags: part.tags };
}

const isRefused = (fields: RecordFields): boolean => fields.has(field.errorCode) && codes.some((code) => fields.is(field.errorCode, code));

type Dict = { readonly [key: string]: unknown };
const dict = (value: unknown): Dict => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Dict) : {});
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const callOf = (record: Dict, path: TrailPath): DeniedCall => ({
  id: text(record.sharedEventID) ?? text(record.eventID),
  rank: rankOf(path),
  at: text(record.eventTime) ?? '',
  path,
  accessKeyId: text(dict(record.userIdentity).accessKeyId),
  key: text(dict(record.requestParameters).key),
  message: text(record.errorMessage),
});
