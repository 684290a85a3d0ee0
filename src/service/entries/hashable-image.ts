import { VigieError } from '../../domain/errors.js';
import type { UnscannableReason } from '../../domain/verdict.js';

/** @throws VigieError `degenerate_hash`, `unscannable_image`. */
export function assertHashable(unscannable: UnscannableReason | null): void {
  if (unscannable === 'flat') {
    throw new VigieError('degenerate_hash', 'image: too flat or too simple to be told apart from other images');
  }
  if (unscannable === 'too_small') {
    throw new VigieError(
      'unscannable_image',
      'image: cannot be hashed (too_small): a side is under 16 pixels. Enrol a larger copy, or the digests of this file as `hashes`',
    );
  }
  if (unscannable) throw new VigieError('unscannable_image', `image: cannot be hashed (${unscannable})`);
}
