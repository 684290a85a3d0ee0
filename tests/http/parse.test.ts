import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { algorithms } from '../../src/domain/algorithms/registry.js';
import { VigieError } from '../../src/domain/errors.js';
import { parse, parseJson } from '../../src/http/parse.js';
import { batchItemSchema, hashesSchema, matchRequestSchema } from '../../src/http/schemas/hashes.js';
import { newListSchema } from '../../src/http/schemas/list.js';
import { randomFrom, randomHash } from '../support/images.js';

const pdq = randomHash(randomFrom(61));

function complaint(schema: z.ZodType, value: unknown): string {
  try {
    parse(schema, value);
  } catch (error) {
    if (error instanceof VigieError && error.code === 'bad_request') return error.detail;
  }
  throw new Error('was not refused');
}

describe('explain', () => {
  it.each<[string, unknown, string]>([
    ['a hash cut short', { hashes: { md5: 'abc' } }, 'hashes.md5: must be 32 hexadecimal digits'],
    ['a PDQ hash cut short', { hashes: { pdq: 'abc' } }, 'hashes.pdq: must be 64 hexadecimal digits'],
    [
      'a PDQ hash in a list',
      { hashes: { pdq: [{ value: pdq }, { value: 'x' }] } },
      'hashes.pdq.1.value: must be 64 hexadecimal digits',
    ],
    ['no PDQ hash in a list', { hashes: { pdq: [] } }, 'hashes.pdq: must hold at least one hash'],
    ['too many of them', { hashes: { pdq: Array(65).fill({ value: pdq }) } }, 'hashes.pdq: must hold at most 64 hashes'],
    ['no hash at all', { hashes: {} }, `hashes: must hold at least one of ${algorithms.join(', ')}`],
    ['a quality alone', { hashes: { quality: 9 } }, `hashes: must hold at least one of ${algorithms.join(', ')}`],
    ['an unknown field', { hashes: { pdq, colour: 1 } }, 'hashes.colour: unknown field'],
    ['an unknown field on top', { hashes: { pdq }, list: 1 }, 'list: unknown field'],
    ['an unknown field in a list', { hashes: { pdq: [{ value: pdq, size: 1 }] } }, 'hashes.pdq.0.size: unknown field'],
  ])('names the field of %s', (_, value, message) => {
    expect(complaint(matchRequestSchema, value)).toBe(message);
  });

  it('names the body when it is not an object', () => {
    expect(complaint(matchRequestSchema, 7)).toMatch(/^body: /);
  });

  it('names a threshold that is out of bounds', () => {
    const list = {
      id: 'x',
      title: 'X',
      class: 'tvec',
      action: 'remove',
      thresholds: { pdq: { tight: 20, wide: 10 }, blockhash: 1 },
    };
    expect(complaint(newListSchema, list)).toBe('thresholds.pdq.tight: must not exceed pdq.wide');
  });

  it('names at most five faults', () => {
    const schema = z.object(Object.fromEntries([...'abcdefg'].map((name) => [name, z.number()])));
    expect(complaint(schema, {}).split('; ').length).toBe(5);
  });

  it('never repeats a value', () => {
    const secret = 'deadbeefdeadbeef';
    const values = [
      { hashes: { pdq: secret } },
      { hashes: { pdq: [{ value: secret, orientation: secret }] } },
      { hashes: secret },
    ];
    for (const value of values) expect(complaint(matchRequestSchema, value)).not.toContain('deadbeef');
  });
});

describe('parseJson', () => {
  it('names the text that must be JSON', () => {
    expect(() => parseJson(z.unknown(), '{', 'entry')).toThrow('entry: must be JSON');
  });

  it('returns the parsed value', () => {
    expect(parseJson(z.strictObject({ a: z.number() }), '{"a":1}', 'entry')).toEqual({ a: 1 });
  });
});

describe('hashesSchema', () => {
  it('reads a single PDQ hash as the upright whole image, with the given quality', () => {
    expect(hashesSchema.parse({ pdq, quality: 70 })).toEqual({
      pdq: [{ value: pdq, quality: 70, orientation: 'identity', variant: 'full' }],
    });
  });

  it('prefers the quality of a single hash', () => {
    const { pdq: variants } = hashesSchema.parse({ pdq: [{ value: pdq, quality: 3 }, { value: pdq }], quality: 70 });
    expect(variants?.map(({ quality }) => quality)).toEqual([3, 70]);
  });

  it('accepts hexadecimal digits in any case and returns lower case', () => {
    const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    fc.assert(
      fc.property(hex, fc.infiniteStream(fc.boolean()), (text, upper) => {
        const mixed = [...text].map((digit) => (upper.next().value ? digit.toUpperCase() : digit)).join('');
        expect(hashesSchema.parse({ sha256: mixed })).toEqual({ sha256: text });
      }),
    );
  });

  it('refuses anything but hexadecimal digits of the right length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        fc.pre(!/^[0-9a-fA-F]{40}$/.test(text));
        expect(hashesSchema.safeParse({ sha1: text }).success).toBe(false);
      }),
    );
  });

  it.each(['x'.repeat(33), 'Full', 'a-b', ''])('refuses the variant %j', (variant) => {
    expect(hashesSchema.safeParse({ pdq: [{ value: pdq, variant }] }).success).toBe(false);
  });
});

describe('batchItemSchema', () => {
  it.each(['', 'x'.repeat(201)])('refuses an id of %s', (id) => {
    expect(complaint(batchItemSchema, { id, hashes: { pdq } })).toMatch(/^id: /);
  });
});
