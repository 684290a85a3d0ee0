import { layoutOf } from '../../native-free-workers/shards/shard-layout.js';
import { clearShard, createShard, type ShardHandle } from '../../native-free-workers/shards/shard-memory.js';

/** Unique in the process: workers serve several indexes. */
let made = 0;

/** Sizes in hashes. A spare memory needs only `minCapacity`. */
export interface Wanted {
  readonly capacity: number;
  readonly minCapacity: number;
  readonly tailCapacity: number;
}

/** V8 never frees shared memory: eight swaps of 400 MiB left 3.4 GB resident. */
export class ShardMemories {
  private readonly spare: ShardHandle[] = [];

  take({ capacity, minCapacity, tailCapacity }: Wanted): ShardHandle {
    const fitting = this.spare
      .filter(({ layout }) => layout.capacity >= minCapacity && layout.tailCapacity >= tailCapacity)
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
