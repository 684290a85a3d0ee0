import { describe, expect, it } from 'vitest';
import { hashRequests } from '../../bench/http/hash-requests.js';
import { randomFrom, randomHash } from '../../bench/random.js';
import { hammingDistance } from '../../src/domain/hash.js';

const random = randomFrom(5);
const known = Array.from({ length: 20 }, () => randomHash(random));
const { queries, check } = hashRequests(known);
const copy = queries.find(({ isKnown }) => isKnown)?.pdq ?? '';
const stranger = queries.find(({ isKnown }) => !isKnown)?.pdq ?? '';
const verdict = (name: string, pdq: string) => `{"requestId":"r","verdict":"${name}","matches":[],"hashes":{"pdq":"${pdq}"}}`;

describe('randomHash', () => {
  it('sets 128 of 256 bits', () => {
    for (const hash of known) expect(hammingDistance(hash, '0'.repeat(64))).toBe(128);
  });
});

describe('hashRequests', () => {
  it('makes one query in twenty a copy within 10 bits, and keeps the others far away', () => {
    const nearest = (pdq: string) => Math.min(...known.map((hash) => hammingDistance(pdq, hash)));
    expect(queries.filter(({ isKnown }) => isKnown)).toHaveLength(queries.length / 20);
    for (const { pdq, isKnown } of queries.slice(0, 200)) expect(nearest(pdq) <= 10).toBe(isKnown);
  });

  it('returns the same requests every time', () => {
    expect(hashRequests(known).single).toEqual(hashRequests(known).single);
  });
});

describe('HashRequests.check', () => {
  it('accepts the right verdicts', () => {
    expect(check(verdict('remove', copy), 1)).toBe(true);
    expect(check(verdict('no_known_match', stranger), 1)).toBe(true);
    expect(check(`[${verdict('remove', copy)},${verdict('no_known_match', stranger)}]`, 2)).toBe(true);
  });

  it('refuses a missed copy, a false match and an answer with too few verdicts', () => {
    expect(check(verdict('no_known_match', copy), 1)).toBe(false);
    expect(check(verdict('remove', stranger), 1)).toBe(false);
    expect(check(verdict('remove', copy), 2)).toBe(false);
    expect(check('{"code":"overloaded"}', 1)).toBe(false);
  });
});
