// What goes in and out of the wire, whether it came over a socket or from a client in this process.

export interface WireRequest {
  readonly method: string;
  /** Path and query as sent, percent-encoded. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
