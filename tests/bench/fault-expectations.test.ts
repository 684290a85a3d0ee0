import { afterEach, describe, expect, it, vi } from 'vitest';
import { Expectations } from '../../bench/faults/expectations.js';

const first = { id: 'ent_1', pdq: 'aa' };
const stored = ['cc'];

function expectationsWith(...numbers: readonly number[]) {
  let at = 0;
  return new Expectations(() => numbers[at++ % numbers.length] ?? 0, stored);
}

afterEach(() => {
  vi.useRealTimers();
});

describe('Expectations', () => {
  it('expects a removal for an entry and none after its withdrawal', () => {
    vi.useFakeTimers();
    const expectations = expectationsWith(0, 0, 0, 0.5, 0);
    expectations.enrolled(first);
    vi.advanceTimersByTime(2_000);
    expect(expectations.next()).toMatchObject({ pdq: first.pdq, verdict: 'remove' });
    const taken = expectations.takeForWithdrawal();
    expect(taken).toMatchObject(first);
    expectations.withdrew(first);
    vi.advanceTimersByTime(2_000);
    expect(expectations.next()).toMatchObject({ pdq: first.pdq, verdict: 'no_known_match' });
  });

  it('expects nothing of an entry whose withdrawal is under way', () => {
    vi.useFakeTimers();
    const expectations = expectationsWith(0);
    expectations.enrolled(first);
    vi.advanceTimersByTime(2_000);
    const expected = expectations.next();
    expectations.takeForWithdrawal();
    expect(expected.stillHolds()).toBe(false);
    expect(expectations.next()).toMatchObject({ pdq: stored[0], verdict: 'remove' });
  });

  it('asks for a stored hash while a new entry may not have reached the index', () => {
    const expectations = expectationsWith(0);
    expectations.enrolled(first);
    expect(expectations.next().pdq).toBe(stored[0]);
  });
});
