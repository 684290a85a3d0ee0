import { describe, expect, it } from 'vitest';
import { Expectations } from '../../bench/faults/expectations.js';

const first = { id: 'ent_1', pdq: 'aa' };
const stored = ['cc'];

function expectationsWith(...numbers: readonly number[]) {
  let at = 0;
  return new Expectations(() => numbers[at++ % numbers.length] ?? 0, stored);
}

describe('Expectations', () => {
  it('expects a removal for an entry and none after its withdrawal', () => {
    const expectations = expectationsWith(0, 0, 0, 0.5, 0);
    expectations.enrolled(first);
    expect(expectations.next()).toMatchObject({ pdq: first.pdq, verdict: 'remove' });
    const taken = expectations.takeForWithdrawal();
    expect(taken).toMatchObject(first);
    expectations.withdrew(first);
    expect(expectations.next()).toMatchObject({ pdq: first.pdq, verdict: 'no_known_match' });
  });

  it('expects nothing of an entry whose withdrawal is under way', () => {
    const expectations = expectationsWith(0);
    expectations.enrolled(first);
    const expected = expectations.next();
    expectations.takeForWithdrawal();
    expect(expected.stillHolds()).toBe(false);
    expect(expectations.next()).toMatchObject({ pdq: stored[0], verdict: 'remove' });
  });
});
