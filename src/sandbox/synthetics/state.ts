// What canaries did. Which there are is told from stacks and from the world's own list (lambda/).

/** One run. Times are simulated milliseconds since the epoch. */
export interface CanaryRun {
  id: string;
  startedAt: number;
  completedAt: number;
  /** Null: it passed. */
  failure: string | null;
}

export interface SyntheticsState {
  /** When every canary was started. */
  from: number;
  /** No run is due before. */
  nextDue: number;
  /** The last runs by account, Region and name of the canary, the newest last. */
  runs: { [canary: string]: CanaryRun[] };
  /** Names of canaries that do not run any more. */
  stopped: string[];
}
