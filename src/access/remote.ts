// What reading a trail in AWS needs beside the files' options: whose AWS it is, and how much of the trail is asked for.
import type { AwsContext } from '../aws/context.ts';

export interface Remote {
  readonly ctx: AwsContext;
  /** The Regions whose records are read, such as those of the buckets; null: all that the trail has. */
  readonly regions: readonly string[] | null;
  /** The accounts whose records are read; null: all that the trail has. */
  readonly accounts: readonly string[] | null;
  /** Athena is stopped when it has scanned more, in 10⁹ bytes; null: it may scan what it needs. */
  readonly maxScanGb: number | null;
  /** Says one line about what happens, to people. */
  note(text: string): void;
}
