import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tombstones } from '../../../src/service/entries/tombstones.js';
import type { SealedHash } from '../../../src/store/entry-review.js';
import { testDataKey } from '../../support/data-key.js';

const tombstones = new Tombstones(testDataKey);
const elsewhere = new Tombstones({ derive: (purpose) => Buffer.alloc(32, `another ${purpose}`) });
const uuid = '01890a5d-ac96-774b-bcce-b302099a8057';
const another = '01890a5d-ac96-774b-bcce-b302099a8058';

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const sealedHash: fc.Arbitrary<SealedHash> = fc.record({
  algorithm: fc.constantFrom('pdq', 'blockhash', 'sha256'),
  variant: fc.constantFrom('full', 'region_left', 'crop_90'),
  hex,
  quality: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null }),
});
const hashes = fc.array(sealedHash, { maxLength: 8 });
const one: SealedHash = { algorithm: 'pdq', variant: 'full', hex: 'c3'.repeat(32), quality: 100 };
const textOf = (marks: readonly Uint8Array[]) => marks.map((mark) => Buffer.from(mark).toString('hex'));

describe('a seal', () => {
  it('returns the sealed hashes', () => {
    fc.assert(
      fc.property(hashes, (given) => {
        expect(tombstones.unseal(uuid, tombstones.seal(uuid, given))).toEqual(given);
      }),
    );
  });

  it('returns them after a restart', () => {
    expect(new Tombstones(testDataKey).unseal(uuid, tombstones.seal(uuid, [one]))).toEqual([one]);
  });

  it('differs each time, so that nobody can see that hashes are equal', () => {
    expect(tombstones.seal(uuid, [one]).equals(tombstones.seal(uuid, [one]))).toBe(false);
  });

  it('contains no part of a hash', () => {
    const sealed = tombstones.seal(uuid, [one]);
    expect(sealed.toString('hex')).not.toContain(one.hex);
    expect(sealed.toString('latin1')).not.toContain(one.hex.slice(0, 16));
  });

  it.each([
    ['with another key', () => elsewhere.unseal(uuid, tombstones.seal(uuid, [one]))],
    ['as another entry', () => tombstones.unseal(another, tombstones.seal(uuid, [one]))],
    ['if it is cut off', () => tombstones.unseal(uuid, tombstones.seal(uuid, [one]).subarray(0, -1))],
  ])('cannot be opened %s, and the error reveals no hash', (_, open) => {
    expect(open).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(open).not.toThrow(one.hex);
  });

  it('cannot be opened if any bit changed', () => {
    const sealed = tombstones.seal(uuid, [one]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sealed.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(() => tombstones.unseal(uuid, changed)).toThrow(expect.objectContaining({ code: 'conflict' }));
      }),
    );
  });
});

describe('marks', () => {
  it('are the same for the same hash, whatever other hashes come with it', () => {
    fc.assert(
      fc.property(hashes, sealedHash, (others, given) => {
        const alone = textOf(tombstones.marksOf([given]));
        const among = textOf(new Tombstones(testDataKey).marksOf([...others, given]));
        return alone.every((mark) => among.includes(mark));
      }),
    );
  });

  it('have 32 bytes for each hash of the whole image, and skip hashes of parts', () => {
    fc.assert(
      fc.property(hashes, (given) => {
        const marks = tombstones.marksOf(given);
        const whole = given.filter(({ variant }) => variant === 'full');
        return marks.length === whole.length && marks.every((mark) => mark.length === 32);
      }),
    );
  });

  it('differ by algorithm and by any bit of the hash', () => {
    const changed = { ...one, hex: `c2${one.hex.slice(2)}` };
    expect(new Set(textOf(tombstones.marksOf([one, changed, { ...one, algorithm: 'blockhash' }]))).size).toBe(3);
  });

  it('reveal no hash without the key, and differ between installations', () => {
    expect(textOf(elsewhere.marksOf([one]))).not.toEqual(textOf(tombstones.marksOf([one])));
    expect(textOf(tombstones.marksOf([one])).join()).not.toContain(one.hex);
  });
});
