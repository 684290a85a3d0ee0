import { createShard, emptyShard, type ShardHandle } from '../../native-free-workers/shard.js';
import { layoutOf } from '../../native-free-workers/shard-layout.js';

/**
 * The memories of shards, made once and used again. V8 does not count what shared memories hold and never gives it back: eight swaps of
 * 400 MiB left 3.4 GB resident (design/measurements.md).
 */
export class ShardMemories {
  private readonly spare: ShardHandle[] = [];
  private made = 0;

  /** An empty shard with room for at least `capacity` hashes. Its number is unlike that of any other shard now in use. */
  take(capacity: number, tailCapacity: number): ShardHandle {
    const fitting = this.spare
      .filter(({ layout }) => layout.capacity >= capacity && layout.tailCapacity >= tailCapacity)
      .sort((a, b) => a.layout.capacity - b.layout.capacity)[0];
    if (!fitting) return createShard(++this.made, layoutOf(capacity, tailCapacity));
    this.spare.splice(this.spare.indexOf(fitting), 1);
    emptyShard(fitting);
    return fitting;
  }

  giveBack(handle: ShardHandle): void {
    this.spare.push(handle);
  }
}
