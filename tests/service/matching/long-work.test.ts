import { describe, expect, it } from 'vitest';
import { LongWork } from '../../../src/service/matching/long-work.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('LongWork', () => {
  it('runs one slice per turn of the event loop', async () => {
    const work = new LongWork();
    let slices = 0;
    let most = 0;
    const requests = Array.from({ length: 20 }, async () => {
      await work.turn('one');
      slices++;
    });
    while (slices < 20) {
      const before = slices;
      await nextTurn();
      most = Math.max(most, slices - before);
    }
    await Promise.all(requests);
    expect(most).toBe(1);
  });

  it('gives the next slice to another key', async () => {
    const work = new LongWork();
    const order: string[] = [];
    const run = async (key: string) => {
      await work.turn(key);
      order.push(key);
    };
    await Promise.all([run('busy'), run('busy'), run('busy'), run('other')]);
    expect(order).toEqual(['busy', 'other', 'busy', 'busy']);
  });

  it('searches at most 8 parts at the same time, and the next one when one has failed', async () => {
    const work = new LongWork();
    let now = 0;
    let most = 0;
    const part = async () => {
      most = Math.max(most, ++now);
      await nextTurn();
      now--;
      throw new Error('failed');
    };
    const ended = await Promise.allSettled(Array.from({ length: 30 }, () => work.part('one', part)));
    expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(30);
    expect(most).toBe(8);
    await expect(work.part('one', async () => 'again')).resolves.toBe('again');
  });
});
