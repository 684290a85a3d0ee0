import { describe, expect, it } from 'vitest';
import { ReplyBatch } from '../../src/http/reply-batching.js';

describe('Turn', () => {
  it('ends for all who asked in it before anything of the next turn runs', async () => {
    const turn = new ReplyBatch();
    const order: string[] = [];
    const asked = ['first', 'second'].map((name) => turn.end().then(() => order.push(name)));
    const next = new Promise<void>((resolve) => setImmediate(() => resolve(void order.push('after'))));
    await Promise.all([...asked, next]);
    expect(order).toEqual(['first', 'second', 'after']);
  });

  it('ends later for whoever asks once it is over', async () => {
    const turn = new ReplyBatch();
    const order: string[] = [];
    await turn.end();
    const second = turn.end().then(() => order.push('end'));
    await Promise.resolve().then(() => order.push('microtask'));
    await second;
    expect(order).toEqual(['microtask', 'end']);
  });
});
