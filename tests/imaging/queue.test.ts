import { describe, expect, it } from 'vitest';
import { Job } from '../../src/imaging/job.js';
import { Queue } from '../../src/imaging/queue.js';

let ids = 0;
const job = (owner: string) => new Job(++ids, new Uint8Array(), 'query', owner);
const queueOf = (...owners: string[]) => {
  const queue = new Queue();
  for (const owner of owners) queue.add(job(owner));
  return queue;
};

/** Each image takes its owner that many milliseconds. */
function served(queue: Queue, costs: Readonly<Record<string, number>> = {}): string {
  let order = '';
  for (let next = queue.first(); next; next = queue.first()) {
    queue.remove(next);
    queue.charge(next.owner, costs[next.owner] ?? 10);
    order += next.owner;
  }
  return order;
}

describe('Queue', () => {
  it('lets owners take turns', () => {
    expect(served(queueOf('a', 'a', 'a', 'b', 'b', 'c'))).toBe('abcaba');
  });

  it('gives an owner of slow images fewer turns', () => {
    const queue = queueOf(...'s'.repeat(5), ...'f'.repeat(10));
    expect(served(queue, { s: 100, f: 10 }).slice(0, 11)).toBe('sffffffffff');
  });

  it('gives an idle owner no advance for the time it did not use', () => {
    const queue = queueOf(...'a'.repeat(50));
    for (let turn = 0; turn < 20; turn++) served1(queue);
    for (const owner of 'nnnn') queue.add(job(owner));
    expect(served(queue).slice(0, 4)).not.toBe('nnnn');
  });

  it('dispatches a retried image first', () => {
    const queue = queueOf('a', 'b');
    const retried = job('b');
    retried.retries = 1;
    queue.add(retried);
    expect(queue.first()).toBe(retried);
  });

  it('gives up the last image of the longest line for an owner with fewer', () => {
    const queue = queueOf('a', 'a', 'b');
    const last = job('a');
    queue.add(last);
    expect(queue.displacedBy('c')).toBe(last);
    expect(queue.displacedBy('b')).toBe(last);
    expect(queue.displacedBy('a')).toBeUndefined();
  });

  it('gives up no place for an owner whose arriving images will be as many', () => {
    const queue = queueOf('a', 'a', 'a', 'a', 'b');
    expect(queue.displacedBy('b', 1)).toBeDefined();
    expect(queue.displacedBy('b', 2)).toBeUndefined();
  });

  it('counts what is added, removed and taken', () => {
    const queue = queueOf('a', 'b', 'b');
    const first = queue.first();
    if (first) queue.remove(first);
    expect(queue.size).toBe(2);
    expect(queue.takeAll()).toHaveLength(2);
    expect(queue.size).toBe(0);
  });
});

function served1(queue: Queue): void {
  const next = queue.first();
  if (!next) return;
  queue.remove(next);
  queue.charge(next.owner, 10);
}
