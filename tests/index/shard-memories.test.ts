import { expect, it } from 'vitest';
import { ShardMemories } from '../../src/index/shard-memories.js';

it('serves a load that has grown a little from the memory of the one before, which V8 would keep anyway', () => {
  const memories = new ShardMemories();
  const sized = (hashes: number) => ({ capacity: hashes * 1.25, least: hashes * 1.05, tailCapacity: 64 });
  const first = memories.take(sized(100_000));
  memories.giveBack(first);
  const second = memories.take(sized(101_000));
  expect(second).toBe(first);
  memories.giveBack(second);
  expect(memories.take(sized(200_000))).not.toBe(first);
});
