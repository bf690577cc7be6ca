// Records with a `sharedEventID`, until all is read: another account's copy of the same call may come later, or to another thread.
import { firstHash, secondHash } from './key-table.ts';
import type { SharedBlock } from './part.ts';
import type { RecordFields } from './record-fields.ts';

const blockLength = 65_536;

export class SharedRecords {
  readonly blocks: (SharedBlock & { length: number })[] = [];
  private room: number;

  /** `most`: how many are kept. */
  constructor(most: number) {
    this.room = most;
  }

  /** Keeps a record of a tally by the id in field `index`; false where there are too many. `time` is in milliseconds. */
  take(fields: RecordFields, index: number, tally: number, time: number): boolean {
    if (this.room === 0) return false;
    this.room--;
    let block = this.blocks.at(-1);
    if (block === undefined || block.length === blockLength) {
      block = {
        length: 0,
        ids: new Int32Array(2 * blockLength),
        tallies: new Int32Array(blockLength),
        times: new Float64Array(blockLength),
      };
      this.blocks.push(block);
    }
    const [start, length] = [fields.start(index), fields.length(index)];
    block.ids[2 * block.length] = firstHash(fields.view, start, length);
    block.ids[2 * block.length + 1] = secondHash(fields.view, start, length);
    block.tallies[block.length] = tally;
    block.times[block.length] = time;
    block.length++;
    return true;
  }
}
