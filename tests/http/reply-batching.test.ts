import { describe, expect, it } from 'vitest';
import { ReplyBatch } from '../../src/http/reply-batching.js';

describe('ReplyBatch', () => {
  it('ends for all its requests before the next turn of the event loop', async () => {
    const batch = new ReplyBatch();
    const order: string[] = [];
    const asked = ['first', 'second'].map((name) => batch.end().then(() => order.push(name)));
    const next = new Promise<void>((resolve) => setImmediate(() => resolve(void order.push('after'))));
    await Promise.all([...asked, next]);
    expect(order).toEqual(['first', 'second', 'after']);
  });

  it('ends later for a request that comes after it ended', async () => {
    const batch = new ReplyBatch();
    const order: string[] = [];
    await batch.end();
    const second = batch.end().then(() => order.push('end'));
    await Promise.resolve().then(() => order.push('microtask'));
    await second;
    expect(order).toEqual(['microtask', 'end']);
  });
});
