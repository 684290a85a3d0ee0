import { describe, expect, it } from 'vitest';
import { FetchSlots } from '../../../src/service/fetching/fetch-slots.js';

const staying = () => new AbortController().signal;

/** Fetches that run until they are ended. */
class Running {
  readonly started: string[] = [];
  private readonly ends = new Map<string, () => void>();

  constructor(private readonly slots: FetchSlots) {}

  begin(owner: string, name: string, signal = staying()): Promise<void> {
    return this.slots.run(owner, signal, () => {
      this.started.push(name);
      return new Promise((resolve) => this.ends.set(name, resolve));
    });
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('FetchSlots', () => {
  it('lets an owner have half of the slots that the others leave', async () => {
    const running = new Running(new FetchSlots(8, 100));
    for (let at = 0; at < 8; at++) void running.begin('a', `a${at}`);
    for (let at = 0; at < 8; at++) void running.begin('b', `b${at}`);
    await running.end('');
    expect(running.started).toEqual(['a0', 'a1', 'a2', 'a3', 'b0', 'b1']);
  });

  it('starts one that waits when another ends, and the owners take turns', async () => {
    const running = new Running(new FetchSlots(4, 100));
    for (let at = 0; at < 4; at++) void running.begin('a', `a${at}`);
    for (let at = 0; at < 2; at++) void running.begin('b', `b${at}`);
    for (const name of ['a0', 'b0', 'a1', 'b1']) await running.end(name);
    expect(running.started).toEqual(['a0', 'a1', 'b0', 'a2', 'b1', 'a3']);
  });

  it('gives a slot back when the fetch fails', async () => {
    const slots = new FetchSlots(2, 100);
    const fail = () => slots.run('a', staying(), () => Promise.reject(new Error('broken')));
    await expect(fail()).rejects.toThrow('broken');
    await expect(fail()).rejects.toThrow('broken');
  });

  it('refuses an owner with half of the places that the others leave', async () => {
    const running = new Running(new FetchSlots(2, 4));
    for (let at = 0; at < 3; at++) void running.begin('a', `a${at}`);
    await expect(running.begin('a', 'a3')).rejects.toMatchObject({ code: 'overloaded' });
    await expect(Promise.race([running.begin('b', 'b0'), Promise.resolve('waits')])).resolves.toBe('waits');
  });

  it('forgets one whose caller has left', async () => {
    const running = new Running(new FetchSlots(2, 100));
    const caller = new AbortController();
    void running.begin('a', 'a0');
    const left = running.begin('a', 'a1', caller.signal);
    void running.begin('a', 'a2');
    caller.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await running.end('a0');
    expect(running.started).toEqual(['a0', 'a2']);
  });
});
