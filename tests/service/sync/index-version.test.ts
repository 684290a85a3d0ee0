import { describe, expect, it } from 'vitest';
import { covers, parseVersion, versionOf } from '../../../src/service/sync/index-version.js';

const at = (snapshot: string, epoch = 'here') => ({ epoch, snapshot });
const isCovered = (reached: string, wanted: string) => covers(at(reached), parseVersion(versionOf(at(wanted))));

describe('a node covers a version', () => {
  it.each([
    ['at the same snapshot', '10:12:10', '10:12:10'],
    ['when a transaction that ran has ended', '12:12:', '10:12:10'],
    ['when only later transactions run', '15:16:15', '12:12:'],
    ['far beyond it', '100:100:', '12:12:'],
  ])('%s', (_when, reached, wanted) => {
    expect(isCovered(reached, wanted)).toBe(true);
  });

  it.each([
    ['at an older snapshot', '10:11:', '12:12:'],
    ['while a transaction runs there that had ended', '10:20:10', '12:12:'],
  ])('but not %s', (_when, reached, wanted) => {
    expect(isCovered(reached, wanted)).toBe(false);
  });

  it('of its own database only', () => {
    expect(() => covers(at('5:5:', 'there'), parseVersion(versionOf(at('5:5:'))))).toThrow('restored or replaced');
  });
});
