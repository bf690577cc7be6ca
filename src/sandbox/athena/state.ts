// What the embedded Athena is told to answer: it runs no SQL. Whoever asks it first says what the answer is (`POST /_sandbox/athena`).

export interface WorkGroupState {
  name: string;
  /** `BytesScannedCutoffPerQuery`: beyond it the query fails; null for none. */
  bytesScannedCutoff: number | null;
  /** Where results go, such as `s3://results/`; without one no query can be started. */
  outputLocation: string | null;
}

export interface TableState {
  database: string;
  name: string;
  columns: { name: string; type: string }[];
  partitionKeys: { name: string; type: string }[];
  /** Among them those of partition projection. */
  parameters: { [name: string]: string };
}

/** What the next queries give. */
export interface PrimedAnswer {
  columns: string[];
  /** Values as text; null for SQL's NULL. */
  rows: (string | null)[][];
  /** Simulated seconds that a query runs after one second in the queue. */
  seconds: number;
  /** Scanned evenly over that time. */
  scannedBytes: number;
  /** Why it fails at its end; null: it succeeds. */
  failure: string | null;
}

export interface ExecutionState {
  id: string;
  accountId: string;
  workGroup: string;
  query: string;
  clientRequestToken: string | null;
  /** Simulated milliseconds since the epoch. */
  submittedAt: number;
  stoppedAt: number | null;
  answer: PrimedAnswer;
}

export interface AthenaState {
  workGroups: WorkGroupState[];
  tables: TableState[];
  answer: PrimedAnswer | null;
  executions: { [id: string]: ExecutionState };
}

export const emptyAthena = (): AthenaState => ({
  workGroups: [{ name: 'primary', bytesScannedCutoff: null, outputLocation: 's3://athena-results/' }],
  tables: [],
  answer: null,
  executions: {},
});

/** What a query gives where nobody has said: it fails, and says what to do. */
export const unprimed: PrimedAnswer = {
  columns: [],
  rows: [],
  seconds: 1,
  scannedBytes: 0,
  failure: 'The sandbox runs no SQL: say what the query gives by POST /_sandbox/athena first.',
};
