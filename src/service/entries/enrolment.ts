import { createHash } from 'node:crypto';
import type { Actor } from '../../domain/actor.js';
import { exactAlgorithms } from '../../domain/algorithms/registry.js';
import { degenerateReason, tellingLooks } from '../../domain/degenerate.js';
import { type Description, type Entry, startingStatus, uuidOfEntryId } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import type { List } from '../../domain/list.js';
import type { EntryStore, NewEntry, NewHash } from '../../store/entries.js';
import type { SealedHash } from '../../store/entry-review.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ImageHasher } from '../matching/image-hasher.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import type { KnownGood } from './known-good.js';
import type { Tombstones } from './tombstones.js';

/** What a submitter says of an entry. */
export interface EntryRequest extends Partial<Description> {
  readonly list: string;
}

export interface Enrolled {
  readonly entry: Entry;
  /** False: the list held the same content already, and this is the standing entry. */
  readonly created: boolean;
}

/** Who enrols. */
export interface Enroller {
  readonly actor: Actor;
  /** A flagger's entry never counts as more than a hint, and gives way to everybody else's. */
  readonly flagger: boolean;
}

export interface EnrolmentParts {
  readonly entries: EntryStore;
  readonly hasher: ImageHasher;
  readonly listCache: ListCache;
  readonly knownGood: KnownGood;
  readonly tombstones: Tombstones;
  readonly follower: Pick<ChangeFeedFollower, 'applyEntries' | 'refresh'>;
}

export class Enrolment {
  constructor(private readonly parts: EnrolmentParts) {}

  /**
   * @throws VigieError `unscannable_image`, `degenerate_hash`, `not_found` (list), `forbidden`, `bad_request` (what the list requires), `conflict`
   * (known to be harmless, or withdrawn before), `overloaded`, `database_unavailable`.
   */
  async enrolImage(enroller: Enroller, request: EntryRequest, bytes: Uint8Array, signal?: AbortSignal): Promise<Enrolled> {
    const list = this.admit(enroller, request);
    const image = await this.parts.hasher.hash(bytes, signal, 'enrol');
    if (image.unscannable === 'flat') {
      throw new VigieError('degenerate_hash', 'image is too flat or too simple a pattern to be told from others');
    }
    if (image.unscannable) throw new VigieError('unscannable_image', `image cannot be hashed: ${image.unscannable}`);
    return this.enrol(enroller, request, image.hashes, list);
  }

  /** @throws VigieError as `enrolImage`. */
  async enrolHashes(enroller: Enroller, request: EntryRequest, hashes: HashSet): Promise<Enrolled> {
    const list = this.admit(enroller, request);
    const reason = degenerateReason(hashes);
    if (reason) throw new VigieError('degenerate_hash', reason);
    return this.enrol(enroller, request, { ...hashes, ...tellingLooks(hashes) }, list);
  }

  /** @param hashes none of them degenerate */
  private async enrol(enroller: Enroller, request: EntryRequest, hashes: HashSet, list: List): Promise<Enrolled> {
    const { entries, knownGood, tombstones, follower } = this.parts;
    const likeness = list.action === 'suppress' ? 'none' : await knownGood.likeness(hashes, list.organisation);
    if (likeness === 'same') {
      throw new VigieError('conflict', 'this looks the same as content that is known to be harmless: it was not enrolled');
    }
    const status = enroller.flagger || likeness === 'near' ? 'draft' : startingStatus(list.verification);
    const enrolled = await entries.create(
      newEntry(request, hashes, { status, flagged: enroller.flagger, tombstones }),
      enroller.actor,
    );
    if (!enrolled) throw noSuchList(request.list);
    const uuid = uuidOfEntryId(enrolled.entry.id);
    // What is stored is acknowledged even if this node learns of it only from the feed.
    if (uuid) await follower.applyEntries([uuid]).catch(() => {});
    return enrolled;
  }

  /** Whether the enroller may be shown what a list holds. */
  mayRead({ actor }: Enroller, list: string): boolean {
    return actor.via !== 'key' || this.parts.listCache.rights(list, actor.organisation ?? '').has('read');
  }

  private admit({ actor, flagger }: Enroller, { list: id, provenance, expiresAt }: EntryRequest): List {
    const list = this.parts.listCache.get(id);
    if (!list) throw noSuchList(id);
    if (actor.via === 'key') {
      const rights = this.parts.listCache.rights(id, actor.organisation ?? '');
      if (rights.size === 0) throw noSuchList(id);
      if (!rights.has('enrol')) throw new VigieError('forbidden', `your organisation may not enrol into list "${id}"`);
    }
    const missing = flagger ? [] : list.provenanceRequired.filter((field) => !provenance?.[field]);
    if (missing.length > 0 && actor.via !== 'system') {
      throw new VigieError('bad_request', missing.map((field) => `provenance.${field}: list "${id}" requires it`).join('; '));
    }
    if (expiresAt && Date.parse(expiresAt) <= Date.now()) throw new VigieError('bad_request', 'expiresAt: lies in the past');
    return list;
  }
}

function noSuchList(id: string): VigieError {
  return new VigieError('not_found', `there is no list "${id}"; GET /v1/lists shows those there are`);
}

interface EnrolmentFacts {
  readonly status: NewEntry['status'];
  readonly flagged?: boolean;
  /** Absent: a bulk load of lists that withdrew nothing. */
  readonly tombstones?: Tombstones | undefined;
}

/** An entry ready to store. */
export function newEntry(
  request: EntryRequest,
  hashes: HashSet,
  { status, flagged = false, tombstones }: EnrolmentFacts,
): NewEntry {
  const stored = storedHashes(hashes);
  return {
    list: request.list,
    class: request.class,
    status,
    flagged,
    identity: identityOf(stored),
    marks: tombstones?.marksOf(stored) ?? [],
    hashes: stored,
    quality: hashes.pdq?.[0]?.quality ?? null,
    provenance: request.provenance ?? {},
    sourceCodes: request.sourceCodes ?? [],
    series: request.series ?? null,
    synthetic: request.synthetic ?? false,
    expiresAt: request.expiresAt ?? null,
  };
}

function storedHashes({ pdq = [], blockhash, ...exact }: HashSet): NewHash[] {
  // Turned hashes are made at query time, from one transform; stored as well they would name every turn wrongly.
  const upright = pdq.filter(({ orientation }) => orientation === 'identity');
  const variants = (upright.length > 0 ? upright : pdq.slice(0, 1)).map(({ value, quality, variant }) => ({
    algorithm: 'pdq' as const,
    variant,
    hex: value,
    quality: quality ?? null,
  }));
  const blocks = blockhash ? [{ algorithm: 'blockhash' as const, variant: 'full', hex: blockhash, quality: null }] : [];
  const equals = exactAlgorithms.flatMap((algorithm) => {
    const hex = exact[algorithm];
    return hex ? [{ algorithm, variant: 'full', hex, quality: null }] : [];
  });
  return [...variants, ...blocks, ...equals];
}

/** The SHA-256 of the bytes where known; otherwise one of the set of hashes, whatever order they came in. */
export function identityOf(stored: readonly Pick<SealedHash, 'algorithm' | 'variant' | 'hex'>[]): Uint8Array {
  const sha256 = stored.find(({ algorithm }) => algorithm === 'sha256')?.hex;
  if (sha256) return Buffer.from(sha256, 'hex');
  const lines = stored.map(({ algorithm, variant, hex }) => `${algorithm} ${variant} ${hex}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest();
}
