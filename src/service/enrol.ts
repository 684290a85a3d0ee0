import { createHash } from 'node:crypto';
import { degenerateReason, isDegenerate } from '../domain/degenerate.js';
import { type Entry, type Provenance, uuidOfEntryId } from '../domain/entry.js';
import { VigieError } from '../domain/errors.js';
import { digestAlgorithms, type HashSet } from '../domain/hash.js';
import type { Caller } from '../domain/key.js';
import type { ContentClass } from '../domain/list.js';
import type { EntryStore, NewEntry, NewHash } from '../store/entries.js';
import type { ImageHasher } from './hash-image.js';
import type { Live } from './live.js';

/** What a submitter says of an entry. */
export interface EntryRequest {
  readonly list: string;
  readonly class?: ContentClass | undefined;
  readonly provenance?: Provenance | undefined;
}

export interface Enrolled {
  readonly entry: Entry;
  /** False: the list held the same content already, and this is the standing entry. */
  readonly created: boolean;
}

/** Who enrols; null on the machine itself (command line, first start). */
export type Enroller = Pick<Caller, 'key' | 'role'> | null;

export class Enrolment {
  constructor(
    private readonly entries: EntryStore,
    private readonly hasher: ImageHasher,
    private readonly live: Pick<Live, 'applyEntries'>,
  ) {}

  /** @throws VigieError `unscannable_image`, `degenerate_hash`, `not_found` (list), `overloaded`, `database_unavailable`. */
  async enrolImage(enroller: Enroller, request: EntryRequest, bytes: Uint8Array, signal?: AbortSignal): Promise<Enrolled> {
    const image = await this.hasher.hash(bytes, signal, 'enrol');
    if (image.unscannable === 'flat') {
      throw new VigieError('degenerate_hash', 'image is too flat or too simple a pattern to be told from others');
    }
    if (image.unscannable) throw new VigieError('unscannable_image', `image cannot be hashed: ${image.unscannable}`);
    return this.enrolHashes(enroller, request, image.hashes);
  }

  /** @throws VigieError as `enrolImage`. */
  async enrolHashes(enroller: Enroller, request: EntryRequest, hashes: HashSet): Promise<Enrolled> {
    const reason = degenerateReason(hashes);
    if (reason) throw new VigieError('degenerate_hash', reason);
    const enrolled = await this.entries.create(newEntry(enroller, request, hashes));
    if (!enrolled) throw new VigieError('not_found', `there is no list "${request.list}"; GET /v1/lists shows those there are`);
    const uuid = uuidOfEntryId(enrolled.entry.id);
    // What is stored is acknowledged even if this node learns of it only from the feed.
    if (uuid) await this.live.applyEntries([uuid]).catch(() => {});
    return enrolled;
  }
}

/** An entry ready to store. A flagger's is a draft, which matches but never removes; everybody else's counts as verified. */
export function newEntry(enroller: Enroller, request: EntryRequest, hashes: HashSet): NewEntry {
  const stored = storedHashes(hashes);
  return {
    list: request.list,
    class: request.class,
    status: enroller?.role === 'flagger' ? 'draft' : 'verified',
    identity: identityOf(hashes, stored),
    hashes: stored,
    quality: hashes.pdq?.[0]?.quality ?? null,
    provenance: request.provenance ?? {},
    createdBy: enroller?.key ?? null,
  };
}

function storedHashes({ pdq = [], blockhash, ...digests }: HashSet): NewHash[] {
  // Turned hashes are made at query time, from one transform; stored as well they would name every turn wrongly.
  const upright = pdq.filter(({ orientation }) => orientation === 'identity');
  const variants = (upright.length > 0 ? upright : pdq.slice(0, 1)).map(({ value, quality, variant }) => ({
    algorithm: 'pdq' as const,
    variant,
    hex: value,
    quality: quality ?? null,
  }));
  const isTelling = blockhash && !isDegenerate(blockhash);
  const blocks = isTelling ? [{ algorithm: 'blockhash' as const, variant: 'full', hex: blockhash, quality: null }] : [];
  const bytes = digestAlgorithms.flatMap((algorithm) => {
    const hex = digests[algorithm];
    return hex ? [{ algorithm, variant: 'full', hex, quality: null }] : [];
  });
  return [...variants, ...blocks, ...bytes];
}

/** The SHA-256 of the bytes where known; otherwise one of the set of hashes, whatever order they came in. */
function identityOf({ sha256 }: HashSet, stored: readonly NewHash[]): Uint8Array {
  if (sha256) return Buffer.from(sha256, 'hex');
  const lines = stored.map(({ algorithm, variant, hex }) => `${algorithm} ${variant} ${hex}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest();
}
