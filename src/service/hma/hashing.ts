import { VigieError } from '../../domain/errors.js';
import { fullVariant, type HashSet, type Md5, type Sha1, type Sha256 } from '../../domain/hash.js';
import type { Caller } from '../../domain/key.js';
import type { Digester, HashedImage, ImageHasher } from '../matching/image-hasher.js';
import { type ContentType, contentTypes } from './signals.js';

export interface Media {
  readonly type: ContentType;
  readonly bytes: Uint8Array;
}

export interface HashingParts {
  readonly hasher: ImageHasher;
  readonly digester: Digester;
}

/** Hashes as HMA names them. */
export interface Hashed {
  readonly pdq?: string;
  readonly video_md5?: string;
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
}

export class Hashing {
  constructor(private readonly parts: HashingParts) {}

  /** `pdq` is empty for a picture that says too little, or that is none. @throws VigieError `overloaded`. */
  async hash({ organisation }: Caller, { type, bytes }: Media, signal: AbortSignal): Promise<Hashed> {
    if (type === 'video') {
      const digests = await this.parts.digester.digests(bytes);
      return { video_md5: digests.md5, ...digests };
    }
    const image = await this.parts.hasher.hash(bytes, signal, 'query', organisation);
    const { md5 = '', sha1 = '', sha256 = '' } = image.hashes;
    return { pdq: wholePdq(image), md5, sha1, sha256 };
  }

  /** Of any file. The bytes may be empty afterwards. @throws VigieError `overloaded`. */
  async digestsOf(bytes: Uint8Array): Promise<HashSet> {
    const { md5, sha1, sha256 } = await this.parts.digester.digests(bytes);
    return { md5: md5 as Md5, sha1: sha1 as Sha1, sha256: sha256 as Sha256 };
  }
}

/** Of the whole picture, upright. */
export function wholePdq({ hashes: { pdq }, unscannable }: Pick<HashedImage, 'hashes' | 'unscannable'>): string {
  if (unscannable && unscannable !== 'truncated') return '';
  return pdq?.find(({ variant, orientation }) => variant === fullVariant && orientation === 'identity')?.value ?? '';
}

/** @throws VigieError `bad_request`. */
export function assertContentType(type: string): asserts type is ContentType {
  if (!contentTypes.some((known) => known === type)) throw new VigieError('bad_request', `no such content_type: '${type}'`);
}
