import { describe, expect, it } from 'vitest';
import { LongWork } from '../../../src/service/matching/long-work.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('LongWork', () => {
  it('runs short slices of one turn of the event loop together, and no more once their time is over', async () => {
    let now = 0;
    const work = new LongWork(() => now);
    let slices = 0;
    const requests = Array.from({ length: 12 }, async (_, request) => {
      await work.turn('one', request);
      slices++;
      now += 1;
    });
    const perTurn: number[] = [];
    while (slices < 12) {
      const before = slices;
      await nextTurn();
      if (slices > before) perTurn.push(slices - before);
    }
    await Promise.all(requests);
    expect(perTurn).toEqual([4, 4, 4]);
  });

  it('is over for all requests of a turn once one of them has used its time', async () => {
    let now = 0;
    const work = new LongWork(() => now);
    const [one, other] = [work.begin('one'), work.begin('other')];
    expect(one.isOver).toBe(false);
    now = 4;
    expect(other.isOver).toBe(true);
    await other.next();
    expect(one.isOver).toBe(false);
  });

  it('gives the next slice to another key', async () => {
    const work = new LongWork();
    const order: string[] = [];
    const run = async (key: string, request: number) => {
      await work.turn(key, request);
      order.push(key);
    };
    await Promise.all([run('busy', 1), run('busy', 2), run('busy', 3), run('other', 4)]);
    expect(order).toEqual(['busy', 'other', 'busy', 'busy']);
  });

  it('ends older requests of a key before it goes on with newer ones', async () => {
    const work = new LongWork();
    const order: number[] = [];
    const run = async (request: number) => {
      await work.turn('one', request);
      order.push(request);
    };
    await Promise.all([run(2), run(3), run(1)]);
    expect(order).toEqual([1, 2, 3]);
  });

  it('searches at most 4 parts at the same time, and the next one when one has failed', async () => {
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
    expect(most).toBe(4);
    await expect(work.part('one', async () => 'again')).resolves.toBe('again');
  });
});
