import { expect, it } from 'vitest';
import { SlowCounts } from '../../../src/service/hma/slow-counts.js';

it('counts again when something has changed, and the more rarely the longer it takes', async () => {
  let now = 0;
  let counts = 0;
  const slow = new SlowCounts(() => now);
  const count = (version: string) =>
    slow.of('pdq', version, async () => {
      now += 100;
      return ++counts;
    });
  expect([await count('1'), await count('1'), await count('2')]).toEqual([1, 1, 1]);
  now += 2_000;
  expect([await count('1'), await count('2'), await count('2')]).toEqual([1, 2, 2]);
});

it('counts again after a failure', async () => {
  const slow = new SlowCounts(() => 0);
  const fail = () => Promise.reject(new Error('away'));
  await expect(slow.of('pdq', '1', fail)).rejects.toThrow('away');
  expect(await slow.of('pdq', '1', async () => 5)).toBe(5);
});
