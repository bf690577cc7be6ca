// One process after the other, each struck one write further than any before it, until one gets to its end.
import type { Ended, ServedCompany, Strike, Write } from './served-company.ts';

export interface Chain {
  /** The process that was not struck any more. */
  readonly last: Ended;
  readonly struck: readonly Struck[];
}

export interface Struck {
  readonly write: string;
  readonly ended: Ended;
  /** Keys of changes whose call's outcome this process left untold. */
  readonly halfMade: readonly string[];
}

/** More than any command writes. */
const most = 120;

// The proof of a trial is void where a slow machine took more than two simulated minutes over the next step.
const isVoid = ({ code, events }: Ended): boolean => code === 3 && JSON.stringify(events.at(-1)).includes('VERDICT_VOID');

const nameOf = ({ request, nth }: Write): string => `${request} #${nth}`;

/**
 * Runs the command again and again. Each process is struck at the first write that none before it was struck at and that is
 * not left out, so that in the end each was, but for those that were under way together with one that was struck.
 */
export async function chain(
  company: ServedCompany,
  command: () => Promise<Ended>,
  strikeAt: (write: Write) => Strike,
  leftOut: (write: string) => boolean = () => false,
): Promise<Chain> {
  const met = new Set<string>();
  const struck: Struck[] = [];
  for (let voids = 0; ; ) {
    let now: string | null = null;
    company.strike = (write) => {
      const name = nameOf(write);
      if (now !== null || met.has(name) || leftOut(unnamed(name))) return null;
      met.add(name);
      now = unnamed(name);
      return strikeAt(write);
    };
    const ended = await command();
    if (now !== null) struck.push({ write: now, ended, halfMade: company.halfMade });
    else if (isVoid(ended) && voids < 5) voids += 1;
    else {
      company.strike = () => null;
      return { last: ended, struck };
    }
    if (struck.length > most) throw new Error(`no end after ${most} processes`);
  }
}

/** The writes of one process that nothing strikes, without the names that AWS gives. */
export async function writesOf(company: ServedCompany, command: () => Promise<Ended>): Promise<ReadonlySet<string>> {
  const writes = new Set<string>();
  for (let tries = 0; ; tries += 1) {
    company.strike = (write) => {
      writes.add(unnamed(nameOf(write)));
      return null;
    };
    const ended = await command();
    company.strike = () => null;
    if (ended.code === 0) return writes;
    if (!isVoid(ended) || tries === 5) throw new Error(`an undisturbed process ended with ${ended.code}: ${ended.stderr}`);
  }
}

/** Ids that AWS gave to what was made differ from company to company; tables, the VPC and subnets keep theirs. */
const unnamed = (write: string): string => write.replaceAll(/\b(vpce|nat|eipalloc|sg|sgr|p)-[0-9a-z]{8,}\b/g, '$1');
