import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Algorithm, hexLength } from '../../src/domain/algorithms/registry.js';
import { canaryHashes, disguisedId } from '../../src/domain/canary.js';
import { randomFrom } from '../support/images.js';

const bitsOf = (hex: string) => [...BigInt(`0x1${hex}`).toString(2).slice(1)];
const setBits = (hex: string) => bitsOf(hex).filter((bit) => bit === '1').length;
const distance = (one: string, other: string) => {
  const bits = bitsOf(other);
  return bitsOf(one).filter((bit, at) => bit !== bits[at]).length;
};
const randomOf = (seed: number) => {
  const random = randomFrom(seed);
  return (below: number) => Math.floor(random() * below);
};
const hexArbitrary = (algorithm: Algorithm) =>
  fc
    .uint8Array({ minLength: hexLength(algorithm) / 2, maxLength: hexLength(algorithm) / 2 })
    .map((bytes) => Buffer.from(bytes).toString('hex'));
const hash = (algorithm: Algorithm, hex: string, variant = 'full', quality: number | null = null) => ({
  ...{ algorithm, hex, variant, quality },
});

describe('the hashes of a canary', () => {
  it('have the kinds, lengths and set bits of their model, and other values', () => {
    const model = fc.record({
      pdq: hexArbitrary('pdq'),
      blockhash: hexArbitrary('blockhash'),
      photodna: hexArbitrary('photodna'),
      md5: hexArbitrary('md5'),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(model, ({ pdq, blockhash, photodna, md5, seed }) => {
        const hashes = [hash('pdq', pdq, 'full', 71), hash('blockhash', blockhash), hash('photodna', photodna), hash('md5', md5)];
        const canary = canaryHashes(hashes, randomOf(seed));
        expect(canary.map(({ algorithm, variant }) => [algorithm, variant])).toEqual(
          hashes.map(({ algorithm, variant }) => [algorithm, variant]),
        );
        for (const { algorithm, hex } of canary) expect(hex).toMatch(new RegExp(`^[0-9a-f]{${hexLength(algorithm)}}$`));
        expect(setBits(canary[0]?.hex ?? '')).toBe(setBits(pdq));
        for (let band = 0; band < 64; band += 16)
          expect(setBits(canary[1]?.hex.slice(band, band + 16) ?? '')).toBe(setBits(blockhash.slice(band, band + 16)));
        expect(canary[2]?.hex.match(/../g)?.sort()).toEqual(photodna.match(/../g)?.sort());
        expect(canary[3]?.hex).not.toBe(md5);
        expect(canary.map(({ quality }) => quality)).toEqual([100, null, null, null]);
      }),
      { numRuns: 30 },
    );
  });

  it('are as near to each other as the variants of their model, but not exactly', () => {
    const random = randomOf(3);
    const full = Array.from({ length: 64 }, () => random(16).toString(16)).join('');
    const near = `${full.slice(0, 60)}${(Number.parseInt(full.slice(60), 16) ^ 0x0f0f).toString(16).padStart(4, '0')}`;
    const canary = canaryHashes([hash('pdq', full), hash('pdq', near, 'deborder'), hash('pdq', near, 'straight')], random);
    const [first, second, third] = canary.map(({ hex }) => hex);
    const distances = [distance(first ?? '', second ?? ''), distance(first ?? '', third ?? '')];
    for (const far of distances) expect(far).toBeGreaterThanOrEqual(2);
    for (const far of distances) expect(far).toBeLessThanOrEqual(14);
    expect(second).not.toBe(third);
    expect(distance(first ?? '', full)).toBeGreaterThan(80);
  });
});

describe('the invented id of a source', () => {
  it.each([
    ['42-image1', /^[1-9]{2}-image[1-9]$/],
    ['case-17/100', /^case-[1-9]{2}\/[1-9]00$/],
    ['ent_01a223ff227773aabca47d0c38ae26bd', /^ent_[0-9a-f]{32}$/],
    ['5f0c9a52-4c1f-4f0e-9d5b-2f6b7a1c8e90', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/],
    ['no digits', /^no digits$/],
  ])('%s keeps its form', (id, form) => {
    const invented = Array.from({ length: 20 }, (_, seed) => disguisedId(id, randomOf(seed)));
    for (const one of invented) expect(one).toMatch(form);
    if (/\d/.test(id)) expect(new Set(invented).size).toBeGreaterThan(1);
  });
});
