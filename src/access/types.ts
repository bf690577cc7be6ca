// What a trail tells of the calls to S3, before any policy is asked: reading it knows no perimeter, judging it knows no files.

/** One way in which S3 was called. Calls that are alike in all of these, as far as policies go, are one path. */
export interface TrailPath {
  /** `userIdentity.type`, as CloudTrail writes it (F5); null where the record has none. */
  readonly identityType: string | null;
  /** The role's ARN (`sessionContext.sessionIssuer.arn`) for a session, else `userIdentity.arn`; null in the owner's copy of a foreign call (F8). */
  readonly principalArn: string | null;
  /** `userIdentity.principalId` of a session without its session name (`AROA…`), of others whole. */
  readonly principalId: string | null;
  /** `userIdentity.accountId`: whose principal it is; `ANONYMOUS_PRINCIPAL` or `anonymous` for nobody's (F9). */
  readonly accountId: string | null;
  /** `userIdentity.invokedBy`: no proof of anything (F6). */
  readonly invokedBy: string | null;
  /** `sourceIPAddress`: an address, or a service's name (F2). */
  readonly sourceIpAddress: string | null;
  /** `vpcEndpointId`: may be a service's own (F3, F4). */
  readonly vpcEndpointId: string | null;
  readonly vpcEndpointAccountId: string | null;
  /** Of the bucket's Region, where the call was answered. */
  readonly awsRegion: string | null;
  /** `requestParameters.bucketName`. */
  readonly bucket: string | null;
  /** The bucket's account, from `resources`; null where the record does not tell. */
  readonly bucketAccountId: string | null;
  /** Whose trail wrote it. */
  readonly recipientAccountId: string | null;
  readonly eventName: string | null;
  /** `AccessDenied` and its kin are `denied`; all others were authorized: a 404, 304 or 412 too. */
  readonly outcome: 'authorized' | 'denied';
  /** `additionalEventData.AuthenticationMethod` is `QueryString`. */
  readonly presigned: boolean;
}

/** Events of one day, in UTC: `YYYY-MM-DD`. */
export interface DayCount {
  readonly day: string;
  readonly events: number;
}

/** How often a path was taken, and when. */
export interface TrailCount {
  readonly path: TrailPath;
  readonly events: number;
  /** ISO times of the first and the last event. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** By day, in order; together fewer than `events` where a trail has more days and sessions than are told apart. */
  readonly days: readonly DayCount[];
  /**
   * Tags that a session brought with it (`AssumeRole` and its kin in the same trail), where they are known for these events:
   * events of one path whose sessions brought different tags are different counts. Empty: none are known.
   */
  readonly sessionTags: { readonly [key: string]: string };
}

/** What was read of a source, whatever kind it is. */
export interface TrailReading {
  /** `hash`: sha256 over what was read, in hexadecimal. */
  readonly source: { readonly kind: 'files' | 's3' | 'athena'; readonly hash: string };
  readonly files: number;
  /** Records read, of any service. */
  readonly events: number;
  /** Records that became part of a path. */
  readonly considered: number;
  /** How many records or files were passed over, by reason: `another service`, `digest`, `outside the days asked for`, `second copy`, … */
  readonly skipped: { readonly [reason: string]: number };
  /** Files that could not be read, or not to their end. */
  readonly errors: readonly { readonly file: string; readonly reason: string }[];
  /** ISO times of the first and the last event considered; null where there was none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly counts: readonly TrailCount[];
  /** Which account, Region and day (`YYYY-MM-DD`, of the events) had any record at all, S3's or another's. */
  readonly coverage: readonly { readonly accountId: string; readonly region: string; readonly days: readonly string[] }[];
  /** True where so many sessions were seen that some sessions' tags could not be told apart. */
  readonly sessionTagsIncomplete: boolean;
  /** What Amazon charged for: bytes scanned by Athena and USD, null elsewhere. */
  readonly cost: { readonly bytesScanned: number; readonly usd: number } | null;
}

/** The time asked for: from `since` on and before `before`, in milliseconds since the epoch; null: no bound. */
export interface TrailWindow {
  readonly since: number | null;
  readonly before: number | null;
}

export interface ReadOptions {
  readonly window: TrailWindow;
  /** Threads that unpack and read; at least 1. */
  readonly workers: number;
  readonly signal: AbortSignal;
  /** Called now and then with what has been read so far. */
  progress(state: { readonly files: number; readonly filesInAll: number | null; readonly events: number; readonly bytes: number }): void;
}
