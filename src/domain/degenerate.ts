/** Hashes that would match everything, or everything empty: refused at enrolment and never searched. */
import { digestAlgorithms, exactAlgorithms, isOpaque } from './algorithms/registry.js';
import { type HashSet, minimumQuality } from './hash.js';

/**
 * A PDQ hash of a real image has 128 of 256 bits set (its threshold is the median), a blockhash nearly so. Ties on flat images
 * break that. The bounds are a quarter to three quarters of the bits.
 */
const minBits = 64;
const maxBits = 192;
/** Rows of 16 bits. Hashes of two-tone images repeat the same rows: czkawka found unrelated ones at distance 0. */
const minDistinctRows = 4;

/** Bits set in each 16-bit value. */
const bitCounts = Uint8Array.from({ length: 65_536 }, (_, row) => {
  let count = 0;
  for (let bits = row; bits > 0; bits &= bits - 1) count++;
  return count;
});

/** What each character of lower-case hex is worth: a quarter of the time that parsing slices takes, once a query. */
const digits = new Uint8Array(128);
for (const [value, character] of [...'0123456789abcdef'].entries()) digits[character.charCodeAt(0)] = value;

/** True for a 256-bit perceptual hash (64 lower-case hex digits) that says nothing about an image. */
export function isDegenerate(hex: string): boolean {
  const seen: number[] = [];
  let bits = 0;
  for (let at = 0; at < hex.length; at += 4) {
    const row = (digit(hex, at) << 12) | (digit(hex, at + 1) << 8) | (digit(hex, at + 2) << 4) | digit(hex, at + 3);
    bits += bitCounts[row] ?? 0;
    if (seen.length < minDistinctRows && !seen.includes(row)) seen.push(row);
  }
  return bits < minBits || bits > maxBits || seen.length < minDistinctRows;
}

function digit(hex: string, at: number): number {
  return digits[hex.charCodeAt(at)] ?? 0;
}

/** Digests of files that hold nothing: the empty file, a zero byte, a blank, a line feed, and CR LF. */
const emptyDigests = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '93b885adfe0da089cdf634904fd59f71',
  '5ba93c9db0cff93f52b521d7420e43f6eda2784f',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  '7215ee9c7d9dc229d2921a40e899ec5f',
  'b858cb282617fb0956d960215c8e84d1ccf909c6',
  '36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068',
  '68b329da9893e34099c7d8ad5cb9c940',
  'adc83b19e793491b1c6ea0fd8b46cd9f32e592fc',
  '01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b',
  '81051bcc2cf1bedf378224b0a93e2877',
  'ba8ab5a0280b953aa97435ff8946cbcbb2755a27',
  '7eb70257593da06f682a3ddda54a9d260d4fc514f645237f5ca74b08f8da61a6',
]);

const oneByteRepeated = /^(..)\1+$/;

export function isEmptyDigest(hex: string): boolean {
  return emptyDigests.has(hex);
}

/**
 * Why these hashes may not be enrolled, naming the field; undefined when they may. A degenerate blockhash beside others is no reason: a plain background
 * ties its blocks (two photographs at 25 to 50 % of a black page: 25 to 84 bits; of a white one: 172 to 231), and says nothing against their PDQ.
 * It is left out instead.
 */
export function degenerateReason(hashes: HashSet): string | undefined {
  const { pdq, blockhash } = hashes;
  for (const { value, quality } of pdq ?? []) {
    if (quality !== undefined && quality < minimumQuality) {
      return `hashes.pdq has quality ${quality}; below ${minimumQuality} an image is too flat to be told from others`;
    }
    if (isDegenerate(value)) return 'hashes.pdq is the hash of a flat or two-tone image and would match others like it';
  }
  const isAlone = !pdq?.length && exactAlgorithms.every((algorithm) => hashes[algorithm] === undefined);
  if (isAlone && blockhash && isDegenerate(blockhash)) return 'hashes.blockhash is the hash of a flat or two-tone image';
  const empty = digestAlgorithms.find((algorithm) => isEmptyDigest(hashes[algorithm] ?? ''));
  if (empty) return `hashes.${empty} is the digest of an empty file`;
  const blank = exactAlgorithms.find((algorithm) => isOpaque(algorithm) && oneByteRepeated.test(hashes[algorithm] ?? ''));
  return blank && `hashes.${blank} repeats one byte, so it would match every blank image`;
}
