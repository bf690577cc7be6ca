// The ports: what the program needs of the outside besides AWS. Everything else takes them as arguments, so that
// tests drive time, identity and the disk, and so that nothing hides a dependency on the real ones.

/** A JSON value: what plans, the journal and events are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Time. `sleep` takes milliseconds and rejects with the signal's reason when it is aborted. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Identity and randomness. `token` is lower-case letters and digits, `length` characters long. */
export interface Ids {
  token(length: number): string;
}

/** A value that could be read, or the permission that was missing. Never left out, never guessed. */
export type Known<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly action: string; readonly why: string };

export const known = <T>(value: T): Known<T> => ({ known: true, value });
export const unknown = (action: string, why: string): Known<never> => ({ known: false, action, why });

/** The account, Region and organization that a journal, a mark or a plan belongs to. */
export interface Place {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
  readonly organizationId: string | null;
  readonly managementAccountId: string | null;
  readonly stack: string | null;
  readonly vpc: string | null;
}
