// What AWS tells beside a trail that is followed, read as callers turn up: of whom nothing new came, AWS is asked nothing again.
import type { AwsContext } from '../aws/context.ts';
import type { Finding } from '../findings.ts';
import type { DeniedCall } from './follow-log.ts';
import { readPrincipals } from './read-principals.ts';
import { readWorld, type Said, type Surveyed } from './read-world.ts';
import type { TrailCount } from './types.ts';
import { whoOf } from './who.ts';
import type { AssessWorld } from './world.ts';

export class FollowedWorld {
  readonly #said: Said;
  readonly #surveyed: Surveyed;
  readonly #ctx: AwsContext;
  readonly #known = new Set<string>();
  readonly #told = new Set<string>();
  #world: AssessWorld | null = null;
  #sawOthers = false;

  /** @param surveyed its `targets` are those that the SCP is attached to */
  constructor(said: Said, surveyed: Surveyed, ctx: AwsContext) {
    this.#said = said;
    this.#surveyed = surveyed;
    this.#ctx = ctx;
  }

  /** The world in which these calls are judged. Whoever was refused is looked up anew: tags may have changed since. */
  async around(counts: readonly TrailCount[], denials: readonly DeniedCall[]): Promise<AssessWorld> {
    const refused = new Set(denials.map(({ path }) => this.#identityOf(path)));
    const fresh = counts.filter(({ path }) => refused.has(this.#identityOf(path)) || !this.#known.has(this.#identityOf(path)));
    const world = await this.#read(fresh);
    for (const { path } of fresh) this.#known.add(this.#identityOf(path));
    this.#world = world;
    return world;
  }

  /** What could not be told, each finding once. */
  news(): readonly Finding[] {
    const fresh = (this.#world?.findings ?? []).filter(({ code, detail }) => !this.#told.has(`${code} ${detail}`));
    for (const { code, detail } of fresh) this.#told.add(`${code} ${detail}`);
    return fresh;
  }

  async #read(fresh: readonly TrailCount[]): Promise<AssessWorld> {
    const { accountId, managementAccountId } = this.#surveyed;
    const hasOthers = fresh.some(({ path }) => {
      const owner = whoOf(path, this.#said.spec.partition).accountId;
      return owner !== null && owner !== accountId && owner !== managementAccountId;
    });
    const before = this.#world;
    if (before === null || (hasOthers && !this.#sawOthers)) {
      this.#sawOthers ||= hasOthers;
      const world = await readWorld(this.#said, this.#surveyed, { counts: fresh }, this.#ctx);
      return before === null ? world : { ...world, principals: new Map([...before.principals, ...world.principals]) };
    }
    const { facts, findings } = await readPrincipals(this.#said, accountId, { counts: fresh }, this.#ctx);
    return { ...before, principals: new Map([...before.principals, ...facts]), findings };
  }

  #identityOf(path: TrailCount['path']): string {
    const { identity, name } = whoOf(path, this.#said.spec.partition);
    return identity ?? name;
  }
}
