import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isConfirmed, isVerified, matchingStatuses, type Requirement, standingOf, statusOf } from '../../src/domain/standing.js';

const status = fc.constantFrom(...matchingStatuses);
const count = fc.integer({ min: 0, max: 7 });
const requirement: fc.Arbitrary<Requirement> = fc.record({ people: count, organisations: count });

describe('a standing', () => {
  it('is one byte', () => {
    const many = fc.integer({ min: 0, max: 32_767 });
    fc.assert(
      fc.property(status, many, many, (...given) => {
        const standing = standingOf(...given);
        return standing >= 0 && standing <= 255;
      }),
    );
  });

  it('keeps its status, whatever the counts', () => {
    const many = fc.integer({ min: 0, max: 32_767 });
    fc.assert(
      fc.property(
        status,
        many,
        many,
        (given, people, organisations) => statusOf(standingOf(given, people, organisations)) === given,
      ),
    );
  });

  it('differs for every status and every count up to seven', () => {
    const counts = Array.from({ length: 8 }, (_, at) => at);
    const all = matchingStatuses.flatMap((given) =>
      counts.flatMap((one) => counts.map((other) => standingOf(given, one, other))),
    );
    expect(new Set(all).size).toBe(256);
  });

  it('counts more than seven as seven', () => {
    fc.assert(
      fc.property(status, fc.integer({ min: 7, max: 32_767 }), (given, many) => {
        return standingOf(given, many, many) === standingOf(given, 7, 7);
      }),
    );
  });
});

describe('isConfirmed', () => {
  it('requires as many people and as many organisations', () => {
    fc.assert(
      fc.property(count, count, requirement, (people, organisations, required) => {
        const enough = people >= required.people && organisations >= required.organisations;
        return isConfirmed(standingOf('verified', people, organisations), required) === enough;
      }),
    );
  });

  it('stays true with one more confirmation', () => {
    fc.assert(
      fc.property(status, count, count, requirement, fc.boolean(), (given, people, organisations, required, fromAnother) => {
        const before = isConfirmed(standingOf(given, people, organisations), required);
        const after = isConfirmed(standingOf(given, people + 1, organisations + (fromAnother ? 1 : 0)), required);
        return !before || after;
      }),
    );
  });

  it('stays false for a stricter list', () => {
    fc.assert(
      fc.property(status, count, count, requirement, requirement, (given, people, organisations, one, other) => {
        const stricter = {
          people: Math.max(one.people, other.people),
          organisations: Math.max(one.organisations, other.organisations),
        };
        const standing = standingOf(given, people, organisations);
        return !isConfirmed(standing, stricter) || isConfirmed(standing, one);
      }),
    );
  });

  it('is false for a draft, whatever the counts and the requirement', () => {
    fc.assert(
      fc.property(
        count,
        count,
        requirement,
        (...[people, organisations, required]) => !isConfirmed(standingOf('draft', people, organisations), required),
      ),
    );
  });
});

describe('isVerified', () => {
  it('is isConfirmed for a verified entry, and false for others', () => {
    fc.assert(
      fc.property(status, count, count, requirement, (given, people, organisations, required) => {
        const standing = standingOf(given, people, organisations);
        return isVerified(standing, required) === (given === 'verified' && isConfirmed(standing, required));
      }),
    );
  });
});
