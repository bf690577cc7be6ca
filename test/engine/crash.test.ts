import { describe, expect, it } from 'vitest';
import '../../src/journal/schema.ts';
import { Toy } from './toy-run.ts';

// A process that is killed does nothing more: from the given moment on, every write to the disk and to the world throws.
// Moments are counted over both: before an append and in its middle, before a write takes effect and after it.
class Killed extends Error {}

interface Moment {
  readonly number: number;
  /** How much of a journal line still arrives, where the moment is an append: 0 to 1. */
  readonly share: number;
}

function killAt(toy: Toy, moment: Moment): { readonly passed: () => number } {
  let passed = 0;
  let dead = false;
  const pass = () => {
    if (!dead && passed++ === moment.number) dead = true;
    if (dead) throw new Killed('killed');
  };
  toy.world.onWrite = () => pass();
  toy.disk.cut = () => new Killed('killed');
  toy.disk.onAppend = (bytes) => {
    try {
      pass();
    } catch (error) {
      if (passed - 1 !== moment.number) throw error;
      passed += 1;
      return Math.min(bytes - 1, Math.floor(bytes * moment.share));
    }
    pass();
    return bytes;
  };
  toy.disk.onWrite = () => {
    if (dead) throw new Killed('killed');
  };
  return { passed: () => passed };
}

function revive(toy: Toy): void {
  toy.world.onWrite = () => undefined;
  toy.disk.onAppend = (bytes) => bytes;
  toy.disk.onWrite = () => undefined;
}

async function undisturbed(lag = 0) {
  const toy = new Toy();
  toy.world.lag = lag;
  const before = toy.world.picture();
  const moments = killAt(toy, { number: Number.POSITIVE_INFINITY, share: 0 });
  await toy.apply();
  return { before, after: toy.world.picture(), moments: moments.passed() };
}

describe('a process killed at any moment', () => {
  it.each([0, 0.5, 1])('of an apply converges when run again, and rolls back to what was there (share %d of a line)', async (share) => {
    const { before, after, moments } = await undisturbed();
    expect(moments).toBeGreaterThan(80);
    for (let number = 0; number < moments; number += 1) {
      const toy = new Toy();
      killAt(toy, { number, share });
      await expect(toy.apply(), `killed at ${number}`).rejects.toThrow();
      revive(toy);
      expect((await toy.apply()).outcome, `killed at ${number}`).toBe('done');
      expect(toy.world.picture(), `killed at ${number}`).toEqual(after);
      const { length } = toy.world.writes;
      await toy.apply();
      expect(toy.world.writes, `killed at ${number}`).toHaveLength(length);
      expect(await toy.rollBack(), `killed at ${number}`).toMatchObject({ outcome: 'done', kept: [] });
      expect(toy.world.picture(), `killed at ${number}`).toEqual(before);
    }
  });

  it('of an apply converges too where reads lag behind writes', async () => {
    const { before, after, moments } = await undisturbed(20_000);
    for (let number = 0; number < moments; number += 1) {
      const toy = new Toy();
      toy.world.lag = 20_000;
      killAt(toy, { number, share: 0.5 });
      await expect(toy.apply(), `killed at ${number}`).rejects.toThrow();
      revive(toy);
      expect((await toy.apply()).outcome, `killed at ${number}`).toBe('done');
      expect(toy.world.picture(), `killed at ${number}`).toEqual(after);
      expect(await toy.rollBack(), `killed at ${number}`).toMatchObject({ outcome: 'done', kept: [] });
      expect(toy.world.picture(), `killed at ${number}`).toEqual(before);
    }
  });

  it('of an apply can be rolled back at once', async () => {
    const { before, moments } = await undisturbed();
    for (let number = 0; number < moments; number += 1) {
      const toy = new Toy();
      killAt(toy, { number, share: 0.5 });
      await expect(toy.apply()).rejects.toThrow();
      revive(toy);
      if (toy.journal.length > 0) await toy.rollBack();
      expect(toy.world.picture(), `killed at ${number}`).toEqual(before);
    }
  });

  it('of a rollback converges when run again', async () => {
    const whole = new Toy();
    const before = whole.world.picture();
    await whole.apply();
    const moments = killAt(whole, { number: Number.POSITIVE_INFINITY, share: 0 });
    await whole.rollBack();
    expect(moments.passed()).toBeGreaterThan(30);
    for (let number = 0; number < moments.passed(); number += 1) {
      const toy = new Toy();
      await toy.apply();
      killAt(toy, { number, share: 0.5 });
      await expect(toy.rollBack()).rejects.toThrow();
      revive(toy);
      expect(await toy.rollBack(), `killed at ${number}`).toMatchObject({ outcome: 'done', kept: [] });
      expect(toy.world.picture(), `killed at ${number}`).toEqual(before);
    }
  });

  it('twice in a row converges too', async () => {
    const { after, moments } = await undisturbed();
    for (let number = 0; number < moments; number += 5) {
      const toy = new Toy();
      killAt(toy, { number, share: 0.5 });
      await expect(toy.apply()).rejects.toThrow();
      revive(toy);
      const again = new Set<number>([1, 4, 9]);
      for (const later of again) {
        killAt(toy, { number: later, share: 0.5 });
        await toy.apply().catch((error) => expect(error).toBeInstanceOf(Error));
        revive(toy);
      }
      expect((await toy.apply()).outcome).toBe('done');
      expect(toy.world.picture(), `killed at ${number}`).toEqual(after);
    }
  });
});

describe('a full disk', () => {
  it('at any append stops the run without a trial left behind, and the next run converges', async () => {
    const { after } = await undisturbed();
    const whole = new Toy();
    await whole.apply();
    for (let number = 0; number < whole.disk.appends; number += 1) {
      const toy = new Toy();
      toy.disk.onAppend = (bytes) => (toy.disk.appends > number ? Math.floor(bytes / 2) : bytes);
      await expect(toy.apply(), `append ${number}`).rejects.toMatchObject({ code: 'JOURNAL_WRITE', exitCode: 1 });
      expect(toy.world.policies.get('bucket'), `append ${number}`).toMatch(/^old(\+full)?$/);
      revive(toy);
      expect((await toy.apply()).outcome).toBe('done');
      expect(toy.world.picture(), `append ${number}`).toEqual(after);
    }
  });
});

describe('a lost answer', () => {
  it('to any call leaves no second thing', async () => {
    const { before, after } = await undisturbed();
    const whole = new Toy();
    await whole.apply();
    for (const [number] of whole.world.writes.entries()) {
      for (const lost of ['before', 'after'] as const) {
        const toy = new Toy();
        let calls = 0;
        toy.world.onWrite = (when) => {
          if (when === 'before') calls += 1;
          if (when === lost && calls === number + 1) {
            revive(toy);
            throw Object.assign(new Error('socket hang up'), { $metadata: {} });
          }
        };
        await toy.apply().catch((error) => expect(error).toMatchObject({ kind: 'failed' }));
        expect(toy.world.policies.get('bucket'), `call ${number} lost ${lost}`).toMatch(/^old(\+full)?$/);
        expect((await toy.apply()).outcome).toBe('done');
        expect(toy.world.picture(), `call ${number} lost ${lost}`).toEqual(after);
        await toy.rollBack();
        expect(toy.world.picture(), `call ${number} lost ${lost}`).toEqual(before);
      }
    }
  });
});
