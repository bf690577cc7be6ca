// How names resolve from here: as every program of this machine sees them, or as one DNS server answers.
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Addresses, in the order of the answer; or why there are none. */
export type Answer =
  | { readonly found: true; readonly addresses: readonly string[] }
  /** `none`: the name has no address. `failed`: nobody said so. `code`: as Node names it, such as `ENOTFOUND` or `ETIMEOUT`. */
  | { readonly found: false; readonly why: 'none' | 'failed'; readonly code: string };

export interface Names {
  /** Who answers, in words. */
  readonly by: string;
  resolve(name: string): Promise<Answer>;
}

/** By the operating system: its hosts file, its VPN's rules and its servers, as programs use them. */
export const systemNames: Names = {
  by: "this machine's own resolver",
  resolve: (name) => answerOf(async () => (await lookup(name, { all: true, order: 'verbatim' })).map(({ address }) => address)),
};

/** Milliseconds until a server is asked once more, and how often it is asked. */
export interface Patience {
  readonly timeout: number;
  readonly tries: number;
}

/** By one DNS server. `server`: as `serverOf` takes it. */
export function namesBy(server: string, patience: Patience = { timeout: 3000, tries: 2 }): Names {
  const resolver = new Resolver(patience);
  resolver.setServers([server]);
  return {
    by: `DNS server ${server}`,
    resolve: (name) =>
      answerOf(async () => {
        const both = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
        const addresses = both.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
        // A server that fails for one family has not said that there is no address of it.
        const failure = both.find((each) => each.status === 'rejected' && (addresses.length === 0 || !hasNone(codeOf(each.reason))));
        if (failure?.status === 'rejected') throw failure.reason;
        return addresses;
      }),
  };
}

/** Whether the text is a server: `10.0.0.2`, `10.0.0.2:5353`, `fd00::2`, `[fd00::2]:5353`. */
export function isServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, v6, v4, port = '0'] = /^(?:\[([\da-fA-F:.]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  return isIP(v6 ?? v4 ?? '') === (v6 === undefined ? 4 : 6) && Number(port) > 0 && Number(port) < 65_536;
}

async function answerOf(ask: () => Promise<readonly string[]>): Promise<Answer> {
  try {
    const addresses = await ask();
    return addresses.length === 0 ? { found: false, why: 'none', code: 'ENODATA' } : { found: true, addresses };
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    return { found: false, why: hasNone(code) ? 'none' : 'failed', code };
  }
}

const hasNone = (code: string | null): boolean => code === 'ENOTFOUND' || code === 'ENODATA';

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
