// The queue and the room that keep memory flat: nobody overtakes the bound, nobody waits for ever.
import { describe, expect, test } from 'vitest';
import { Queue, Room } from '../../src/access/flow.ts';

const turns = async (many = 5): Promise<void> => {
  for (let n = 0; n < many; n++) await Promise.resolve();
};

describe('a queue', () => {
  test('lets nobody add more than it holds until something is taken', async () => {
    const queue = new Queue<number>(2);
    const added: number[] = [];
    const adding = (async () => {
      for (const item of [1, 2, 3, 4]) {
        await queue.add(item);
        added.push(item);
      }
    })();
    await turns();
    expect(added).toEqual([1, 2]);
    expect(await queue.next()).toBe(1);
    await turns();
    expect(added).toEqual([1, 2, 3]);
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual([2, 3, 4]);
    await adding;
  });

  test('gives several takers each item once, in order, and then an end', async () => {
    const queue = new Queue<number>(3);
    const taken: number[] = [];
    const take = async () => {
      for (let item = await queue.next(); item !== undefined; item = await queue.next()) taken.push(item);
    };
    const takers = [take(), take(), take()];
    for (let item = 0; item < 20; item++) await queue.add(item);
    queue.close();
    await Promise.all(takers);
    expect(taken).toEqual(Array.from({ length: 20 }, (_, item) => item));
  });

  test('that is closed lets go of whoever waits to add or to take', async () => {
    const full = new Queue<number>(1);
    await full.add(1);
    const adding = full.add(2);
    full.close();
    await adding;
    expect([await full.next(), await full.next()]).toEqual([1, undefined]);
    const empty = new Queue<number>(1);
    const taking = empty.next();
    empty.close();
    expect(await taking).toBeUndefined();
  });
});

describe('room for bytes', () => {
  test('is never more than there is, but for what is larger alone', async () => {
    const room = new Room(10);
    let [held, most, alone] = [0, 0, true];
    const hold = (bytes: number) =>
      room.hold(bytes, async () => {
        held += bytes;
        most = Math.max(most, bytes > 10 ? 0 : held);
        if (bytes > 10) alone &&= held === bytes;
        await turns();
        held -= bytes;
      });
    await Promise.all([4, 4, 4, 25, 3, 9, 1].map(hold));
    expect({ held, most: most <= 10, alone }).toEqual({ held: 0, most: true, alone: true });
  });

  test('is given back by what fails', async () => {
    const room = new Room(1);
    await expect(room.hold(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await room.hold(1, async () => 'again')).toBe('again');
  });
});
