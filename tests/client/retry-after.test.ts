import { describe, expect, it } from 'vitest';
import { retryAfterOf, waitBefore } from '../../src/client/retry-after.js';

const date = 'Mon, 01 Jan 2001 00:00:00 GMT';

describe('retryAfterOf', () => {
  it.each([
    ['nothing', {}, undefined],
    ['seconds', { 'retry-after': '3' }, 3_000],
    ['a date after that of the answer', { 'retry-after': 'Mon, 01 Jan 2001 00:00:05 GMT', date }, 5_000],
    ['a date before that of the answer', { 'retry-after': 'Sun, 31 Dec 2000 00:00:00 GMT', date }, 0],
    ['a past date without that of the answer', { 'retry-after': date }, 0],
    ['more than an hour', { 'retry-after': '86400' }, 3_600_000],
    ['a number that is far too large', { 'retry-after': '9'.repeat(400) }, 3_600_000],
    ['a text', { 'retry-after': 'later' }, undefined],
    ['a negative number', { 'retry-after': '-1' }, undefined],
  ])('reads %s', (_what, headers, expected) => {
    expect(retryAfterOf(new Headers(Object.entries(headers)))).toBe(expected);
  });
});

describe('waitBefore', () => {
  const waits = (retry: number, retryAfterMs?: number) => Array.from({ length: 50 }, () => waitBefore(retry, 200, retryAfterMs));

  it.each([
    [0, 100, 200],
    [1, 200, 400],
    [3, 800, 1_600],
  ])('doubles for retry %i, from %i to %i ms', (retry, min, max) => {
    expect(waits(retry).every((ms) => ms >= min && ms <= max)).toBe(true);
  });

  it('is never shorter than the time that the service asks for', () => {
    expect(waits(0, 5_000).every((ms) => ms >= 5_000 && ms <= 5_200)).toBe(true);
  });

  it('differs, so that clients do not come back together', () => {
    expect(new Set(waits(0, 5_000)).size).toBeGreaterThan(1);
  });
});
