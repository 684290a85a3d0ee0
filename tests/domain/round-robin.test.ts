import { describe, expect, it } from 'vitest';
import { RoundRobin } from '../../src/domain/round-robin.js';

function taken<Item>(queue: RoundRobin<Item>): Item[] {
  const all: Item[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) all.push(item);
  return all;
}

describe('RoundRobin', () => {
  it('lets keys take turns, and keeps the order of each key', () => {
    const queue = new RoundRobin<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) queue.add(item.charAt(0), item);
    expect(taken(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(queue.size).toBe(0);
  });

  it('gives a new key its turn after one item of each other', () => {
    const queue = new RoundRobin<string>();
    for (let at = 0; at < 100; at++) queue.add('busy', 'busy');
    queue.take();
    queue.add('new', 'new');
    expect([queue.take(), queue.take()]).toContain('new');
  });
});
