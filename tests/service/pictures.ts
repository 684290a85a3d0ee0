import type { Blockhash, Pdq, PdqVariant } from '../../src/domain/hash.js';
import type { ImageHashes } from '../../src/imaging/protocol.js';

/** A whole upright PDQ hash of good quality. */
export function variantOf(hex: string, changes: Partial<PdqVariant> = {}): PdqVariant {
  return { value: hex as Pdq, quality: 90, orientation: 'identity', variant: 'full', ...changes };
}

/** The decoder's answer for a picture with this hash only. */
export function pictureOf(hex: string, quality = 90): ImageHashes {
  return {
    pdq: [{ variant: 'full', quality, hashes: [hex as Pdq] }],
    blockhash: [hex as Blockhash],
    width: 9,
    height: 9,
    format: 'png',
    frames: { looked: 1, of: 1 },
    truncated: false,
  };
}
