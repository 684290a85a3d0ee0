/**
 * Hashes that would match every flat or empty image. Kernels judge the picture; the hash is judged here, once: by the image hasher, or for
 * the hashes of a request by matcher, enrolment or preview.
 */
import { digestAlgorithms, exactAlgorithms, isOpaque } from './algorithms/registry.js';
import { type HashSet, minimumQuality, type PdqVariant } from './hash.js';

/** The threshold of PDQ is the median, so half of the bits are set. Flat images have ties. */
const minBits = 64;
const maxBits = 192;
/** Hashes of two-tone images repeat rows of 16 bits: czkawka found unrelated images at distance 0. */
const minDistinctRows = 4;

const bitCounts = Uint8Array.from({ length: 65_536 }, (_, row) => {
  let count = 0;
  for (let bits = row; bits > 0; bits &= bits - 1) count++;
  return count;
});

/** By character code. Four times as fast as parsing slices. */
const digits = new Uint8Array(128);
for (const [value, character] of [...'0123456789abcdef'].entries()) digits[character.charCodeAt(0)] = value;

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

export type PerceptualHashes = Pick<HashSet, 'pdq' | 'blockhash' | 'turnedBlockhashes'>;

/** A turned blockhash says something only beside an upright one. */
export function usableHashes({ pdq, blockhash, turnedBlockhashes }: HashSet): PerceptualHashes {
  const usable = pdq?.filter(isUsable);
  if (blockhash === undefined || isDegenerate(blockhash)) {
    // Named, so that a spread over other hashes removes theirs.
    return { pdq: usable, blockhash: undefined, turnedBlockhashes: undefined };
  }
  return { pdq: usable, blockhash, turnedBlockhashes: turnedBlockhashes?.filter(({ value }) => !isDegenerate(value)) };
}

function isUsable({ value, quality = minimumQuality }: PdqVariant): boolean {
  return quality >= minimumQuality && !isDegenerate(value);
}

/** Of the empty file, a zero byte, a space, a line feed, and CR LF. */
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

export function isEmptyDigest(hex: string): boolean {
  return emptyDigests.has(hex);
}

const oneByteRepeated = /^(..)\1+$/;

/**
 * Undefined: the hashes may be enrolled. A degenerate blockhash beside others is no reason: photographs on 25 to 50 % of a black page had
 * 25 to 84 bits set, on a white page 172 to 231.
 */
export function degenerateReason(hashes: HashSet): string | undefined {
  const { pdq, blockhash } = hashes;
  const weak = pdq?.find((one) => !isUsable(one));
  if (weak?.quality !== undefined && weak.quality < minimumQuality) {
    return `hashes.pdq: quality ${weak.quality} is below ${minimumQuality}, so the image is too flat to tell it from others`;
  }
  if (weak) return 'hashes.pdq: this is the hash of a flat or two-tone image, which would match other flat images';
  const isAlone = !pdq?.length && exactAlgorithms.every((algorithm) => hashes[algorithm] === undefined);
  if (isAlone && blockhash && isDegenerate(blockhash)) {
    return 'hashes.blockhash: this is the hash of a flat or two-tone image, which would match other flat images';
  }
  const empty = digestAlgorithms.find((algorithm) => isEmptyDigest(hashes[algorithm] ?? ''));
  if (empty) return `hashes.${empty}: this is the digest of an empty file`;
  const blank = exactAlgorithms.find((algorithm) => isOpaque(algorithm) && oneByteRepeated.test(hashes[algorithm] ?? ''));
  return blank && `hashes.${blank}: this hash repeats one byte, so it would match every blank image`;
}
