import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { degenerateReason, isDegenerate, isEmptyDigest, usableHashes } from '../../src/domain/degenerate.js';
import type { Blockhash, Md5, Pdq, Sha256 } from '../../src/domain/hash.js';
import { randomFrom, randomHash } from '../support/images.js';

const aaaOriginal = 'f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22' as Pdq;
const upright = { orientation: 'identity', variant: 'full' } as const;
/** 256 bits of which the first `count` are set. */
const withBits = (count: number) =>
  BigInt(`0b${'1'.repeat(count).padEnd(256, '0')}`)
    .toString(16)
    .padStart(64, '0');

describe('isDegenerate', () => {
  it('accepts the hash of a photograph', () => {
    expect(isDegenerate(aaaOriginal)).toBe(false);
  });

  it('accepts any hash with half of its bits set at random', () => {
    fc.assert(fc.property(fc.nat(), (seed) => !isDegenerate(randomHash(randomFrom(seed)))));
  });

  it.each([
    ['no bit', withBits(0)],
    ['every bit', withBits(256)],
    ['fewer than a quarter of the bits', `${'0001020408'.repeat(4)}${'0'.repeat(24)}`],
    ['more than three quarters of the bits', `${'fffefdfbf7'.repeat(4)}${'f'.repeat(24)}`],
    ['two rows that repeat', '00ff0ff0'.repeat(8)],
    ['three rows that repeat', `${'00ff0ff0f00f'.repeat(5)}00ff`],
  ])('refuses %s', (_, hash) => {
    expect(isDegenerate(hash)).toBe(true);
  });

  it('accepts four different rows', () => {
    expect(isDegenerate('00ff0ff0f00fff00'.repeat(4))).toBe(false);
  });
});

describe('isEmptyDigest', () => {
  it.each(['', '\0', ' ', '\n', '\r\n'])('knows every digest of %j', (content) => {
    const digests = ['md5', 'sha1', 'sha256'].map((algorithm) => createHash(algorithm).update(content).digest('hex'));
    expect(digests.map(isEmptyDigest)).toEqual([true, true, true]);
  });

  it('knows no other', () => {
    expect(isEmptyDigest(createHash('sha256').update('a photograph').digest('hex'))).toBe(false);
  });
});

describe('tellingLooks', () => {
  const blockhash = randomHash(randomFrom(3)) as Blockhash;
  const turned = { value: randomHash(randomFrom(4)) as Blockhash, orientation: 'flip_x' } as const;

  it('leaves out PDQ hashes that are degenerate or of low quality', () => {
    const good = { value: aaaOriginal, quality: 50, ...upright };
    const pdq = [good, { ...good, quality: 49 }, { ...good, value: withBits(0) as Pdq }];
    expect(usableHashes({ pdq })).toEqual({ pdq: [good] });
  });

  it('keeps a PDQ hash of unknown quality', () => {
    expect(usableHashes({ pdq: [{ value: aaaOriginal, ...upright }] }).pdq).toHaveLength(1);
  });

  it('leaves out a degenerate turned blockhash', () => {
    const degenerate = { ...turned, value: withBits(0) as Blockhash };
    expect(usableHashes({ blockhash, turnedBlockhashes: [turned, degenerate] })).toMatchObject({
      blockhash,
      turnedBlockhashes: [turned],
    });
  });

  it('leaves out every blockhash where the upright one is degenerate', () => {
    const looks = usableHashes({ blockhash: withBits(256) as Blockhash, turnedBlockhashes: [turned] });
    expect([looks.blockhash, looks.turnedBlockhashes]).toEqual([undefined, undefined]);
  });
});

describe('degenerateReason', () => {
  it('accepts the hashes of a photograph', () => {
    expect(degenerateReason({ pdq: [{ value: aaaOriginal, quality: 100, ...upright }] })).toBeUndefined();
  });

  it('accepts an unknown quality', () => {
    expect(degenerateReason({ pdq: [{ value: aaaOriginal, ...upright }] })).toBeUndefined();
  });

  it('names a quality below 50', () => {
    expect(degenerateReason({ pdq: [{ value: aaaOriginal, quality: 49, ...upright }] })).toContain('quality 49');
  });

  it('names the PDQ hash of a flat image among good ones', () => {
    const pdq = [aaaOriginal, withBits(0) as Pdq].map((value) => ({ value, quality: 100, ...upright }));
    expect(degenerateReason({ pdq })).toContain('hashes.pdq');
  });

  it('names the blockhash of a flat image', () => {
    expect(degenerateReason({ blockhash: withBits(256) as Blockhash })).toContain('hashes.blockhash');
  });

  it('accepts the blockhash of a flat image beside another hash', () => {
    const blockhash = withBits(256) as Blockhash;
    expect(degenerateReason({ blockhash, pdq: [{ value: aaaOriginal, ...upright }] })).toBeUndefined();
    expect(degenerateReason({ blockhash, sha256: 'a'.repeat(64) as Sha256 })).toBeUndefined();
  });

  it('names the digest of an empty file', () => {
    const md5 = 'd41d8cd98f00b204e9800998ecf8427e' as Md5;
    expect(degenerateReason({ md5, sha256: 'a'.repeat(64) as Sha256 })).toContain('hashes.md5');
  });

  it('never quotes a hash', () => {
    expect(degenerateReason({ pdq: [{ value: withBits(0) as Pdq, ...upright }] })).not.toMatch(/[0-9a-f]{16}/);
  });
});
