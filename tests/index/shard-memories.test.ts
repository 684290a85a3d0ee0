import { expect, it } from 'vitest';
import { ShardMemories } from '../../src/index/shard-memories.js';

it('reuses the memory of the last load for one that is a little larger', () => {
  const memories = new ShardMemories();
  const sized = (hashes: number) => ({ capacity: hashes * 1.25, minCapacity: hashes * 1.05, tailCapacity: 64 });
  const first = memories.take(sized(100_000));
  memories.giveBack(first);
  const second = memories.take(sized(101_000));
  expect(second).toBe(first);
  memories.giveBack(second);
  expect(memories.take(sized(200_000))).not.toBe(first);
});
