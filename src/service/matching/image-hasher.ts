import type { Digests } from '../../../native-free-workers/hashing/digests.js';
import type { DigestAlgorithm } from '../../domain/algorithms/registry.js';
import { usableHashes } from '../../domain/degenerate.js';
import { VigieError } from '../../domain/errors.js';
import { type HashSet, orientations, type PdqVariant } from '../../domain/hash.js';
import type { UnscannableReason } from '../../domain/verdict.js';
import { ImagingOverloaded } from '../../imaging/errors.js';
import type { ImageHashes, ImagingResult, LookedFrames, Purpose } from '../../imaging/protocol.js';

/** Decodes images, never in this process. */
export interface Imaging {
  hash(bytes: Uint8Array, signal?: AbortSignal, purpose?: Purpose, owner?: string): Promise<ImagingResult>;
  assertRoom(owner: string, arriving: number): void;
}

export interface Digester {
  /** May transfer the bytes. */
  digests(bytes: Uint8Array): Promise<Digests>;
}

export interface HashedImage {
  /** A flat image keeps the PDQ hashes that say nothing, because callers see its quality. */
  readonly hashes: HashSet;
  readonly unscannable: UnscannableReason | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly format: string | null;
  /** Of an animation or a file with pages: how many were hashed. */
  readonly frames: LookedFrames | null;
}

export class ImageHasher {
  constructor(
    private readonly imaging: Imaging,
    private readonly digester: Digester,
  ) {}

  /**
   * @param arriving further images of this owner that will come before
   * @throws VigieError `overloaded` if an image of this owner would be refused
   */
  assertRoom(owner: string, arriving: number): void {
    try {
      this.imaging.assertRoom(owner, arriving);
    } catch (error) {
      refuse(error);
    }
  }

  /**
   * @param bytes may be empty afterwards
   * @param owner the organisation; organisations share the imaging processes fairly
   * @throws VigieError `overloaded`
   */
  async hash(bytes: Uint8Array, signal?: AbortSignal, purpose: Purpose = 'query', owner = ''): Promise<HashedImage> {
    const result = await this.imaging.hash(bytes, signal, purpose, owner).catch(refuse);
    // Afterwards, because digesting moves the body to another thread. With a copy, garbage collection took a fifth of the time (350 KB).
    const digests = branded(await this.digester.digests(bytes));
    if (!hasHashes(result)) {
      return { hashes: digests, unscannable: result.unscannable, width: null, height: null, format: null, frames: null };
    }
    const { width, height, format, frames, truncated } = result;
    const all = looksOf(result);
    const looks = usableHashes(all);
    const isFlat = 'unscannable' in result || looks.pdq?.length === 0;
    const hashes = isFlat ? { pdq: all.pdq, ...digests } : { ...looks, ...digests };
    const unscannable = isFlat ? 'flat' : truncated ? 'truncated' : null;
    return { hashes, unscannable, width, height, format, frames };
  }
}

function refuse(error: unknown): never {
  if (error instanceof ImagingOverloaded) throw new VigieError('overloaded', error.message, error.retryAfterSeconds);
  throw error;
}

function branded({ md5, sha1, sha256 }: Digests): Pick<HashSet, DigestAlgorithm> {
  return { md5, sha1, sha256 } as Pick<HashSet, DigestAlgorithm>;
}

function hasHashes(result: ImagingResult): result is Extract<ImagingResult, ImageHashes> {
  return 'pdq' in result;
}

function looksOf({ pdq, blockhash: [blockhash, ...turned] }: ImageHashes): HashSet {
  const turnedBlockhashes = turned.flatMap((value, at) => {
    const orientation = orientations[at + 1];
    return orientation ? [{ value, orientation }] : [];
  });
  return { pdq: pdq.flatMap(variantsOf), blockhash, turnedBlockhashes };
}

function variantsOf({ variant, quality, hashes, view }: ImageHashes['pdq'][number]): PdqVariant[] {
  return orientations.flatMap((orientation, at) => {
    const value = hashes[at];
    return value ? [{ value, quality, orientation, variant, view: orientation === 'identity' ? view : undefined }] : [];
  });
}
