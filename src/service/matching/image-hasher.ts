import type { Digests } from '../../../native-free-workers/hashing/digests.js';
import { isDegenerate } from '../../domain/degenerate.js';
import { VigieError } from '../../domain/errors.js';
import { type HashSet, type Md5, orientations, type PdqVariant, type Sha1, type Sha256 } from '../../domain/hash.js';
import type { UnscannableReason } from '../../domain/verdict.js';
import { ImagingOverloaded } from '../../imaging/errors.js';
import type { ImageHashes, ImagingResult, Purpose } from '../../imaging/protocol.js';

/** Where images are decoded: never in this process. */
export interface Imaging {
  hash(bytes: Uint8Array, signal?: AbortSignal, purpose?: Purpose): Promise<ImagingResult>;
}

export interface Digester {
  /** May take the bytes away from the caller. */
  digests(bytes: Uint8Array): Promise<Digests>;
}

/** All that is known of an image's bytes. */
export interface HashedImage {
  /** Of a flat picture the PDQ is told for its quality's sake, and matches nothing. */
  readonly hashes: HashSet;
  /** Why the image itself cannot be matched; its digests can all the same. */
  readonly unscannable: UnscannableReason | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly format: string | null;
}

export class ImageHasher {
  constructor(
    private readonly imaging: Imaging,
    private readonly digester: Digester,
  ) {}

  /**
   * Digests of the bytes, computed here so that a lost decoder loses none, and perceptual hashes of the picture, those that `purpose` wants. `bytes` are
   * given away: they may be empty afterwards.
   *
   * @throws VigieError `overloaded` when too many images wait.
   */
  async hash(bytes: Uint8Array, signal?: AbortSignal, purpose: Purpose = 'query'): Promise<HashedImage> {
    const result = await this.imaging.hash(bytes, signal, purpose).catch(refuse);
    // Not beside each other: the body is moved to the thread that digests it. A copy in its place stayed in this heap with the body until the next
    // full collection, and those were a fifth of what the service did for images of 350 KB.
    const { md5, sha1, sha256 } = await this.digester.digests(bytes);
    const digests = { md5: md5 as Md5, sha1: sha1 as Sha1, sha256: sha256 as Sha256 };
    if (!hasHashes(result)) {
      return { hashes: digests, unscannable: result.unscannable, width: null, height: null, format: null };
    }
    const { width, height, format } = result;
    const looks = perceptual(result);
    const unscannable = 'unscannable' in result || looks.pdq?.length === 0 ? 'flat' : null;
    if (!unscannable) return { hashes: { ...looks, ...digests }, unscannable, width, height, format };
    return { hashes: { pdq: variantsOf(result), ...digests }, unscannable, width, height, format };
  }
}

function refuse(error: unknown): never {
  if (error instanceof ImagingOverloaded) throw new VigieError('overloaded', error.message, error.retryAfterSeconds);
  throw error;
}

function hasHashes(result: ImagingResult): result is Extract<ImagingResult, ImageHashes> {
  return 'pdq' in result;
}

function variantsOf({ pdq }: ImageHashes): PdqVariant[] {
  return pdq.flatMap(({ variant, quality, hashes }) =>
    orientations.flatMap((orientation, at) => {
      const value = hashes[at];
      return value ? [{ value, quality, orientation, variant }] : [];
    }),
  );
}

/** Those that say something. */
function perceptual(image: ImageHashes): Pick<HashSet, 'pdq' | 'blockhash' | 'turnedBlockhashes'> {
  const { blockhash: blockhashes } = image;
  const variants = variantsOf(image).filter(({ value }) => !isDegenerate(value));
  // The worker judges the sums of blocks; a plain background leaves varied sums and still ties most bits at the median.
  const [blockhash] = blockhashes;
  if (!blockhash || isDegenerate(blockhash)) return { pdq: variants };
  const turnedBlockhashes = orientations.flatMap((orientation, at) => {
    const value = blockhashes[at];
    return value && at > 0 && !isDegenerate(value) ? [{ value, orientation }] : [];
  });
  return { pdq: variants, blockhash, turnedBlockhashes };
}
