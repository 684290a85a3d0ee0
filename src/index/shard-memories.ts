import { layoutOf } from '../../native-free-workers/shards/shard-layout.js';
import { clearShard, createShard, type ShardHandle } from '../../native-free-workers/shards/shard-memory.js';

/** Of the whole process: workers know a shard by its number alone, and may serve several indexes. */
let made = 0;

/** Sizes in hashes. */
export interface Wanted {
  readonly capacity: number;
  readonly least: number;
  readonly tailCapacity: number;
}

/**
 * The memories of shards, made once and used again. V8 does not count what shared memories hold and never gives it back: eight swaps of
 * 400 MiB left 3.4 GB resident (design/measurements.md).
 */
export class ShardMemories {
  private readonly spare: ShardHandle[] = [];

  /**
   * An empty shard with room for `capacity` hashes, or for `least` where one such is there already: what is loaded anew has mostly grown by
   * a little. Its number is unlike that of any other shard.
   */
  take({ capacity, least, tailCapacity }: Wanted): ShardHandle {
    const fitting = this.spare
      .filter(({ layout }) => layout.capacity >= least && layout.tailCapacity >= tailCapacity)
      .sort((a, b) => a.layout.capacity - b.layout.capacity)[0];
    if (!fitting) return createShard(++made, layoutOf(capacity, tailCapacity));
    this.spare.splice(this.spare.indexOf(fitting), 1);
    clearShard(fitting);
    return fitting;
  }

  giveBack(handle: ShardHandle): void {
    this.spare.push(handle);
  }
}
