import { createHash } from 'node:crypto';
import type { Actor } from '../../domain/actor.js';
import { exactAlgorithms } from '../../domain/algorithms/registry.js';
import { degenerateReason, usableHashes } from '../../domain/degenerate.js';
import { type Description, type Entry, startingStatus, uuidOfEntryId } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import type { List } from '../../domain/list.js';
import type { EntryStore, NewEntry, NewHash } from '../../store/entries.js';
import type { SealedHash } from '../../store/entry-review.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';
import type { ImageHasher } from '../matching/image-hasher.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { assertHashable } from './hashable-image.js';
import type { KnownGood } from './known-good.js';
import type { Tombstones } from './tombstones.js';

export interface EntryRequest extends Partial<Description> {
  readonly list: string;
  /** The reason for content that another organisation withdrew from the list. */
  readonly despiteWithdrawal?: string;
}

export interface Enrolled {
  readonly entry: Entry;
  /** False if the list already had the same content. */
  readonly created: boolean;
}

export interface Enroller {
  readonly actor: Actor;
  /** A flagger's entry is a hint that any other enrolment replaces. */
  readonly flagger: boolean;
  /**
   * Nobody vouches that the hashes belong together. Then only equal hashes make the same entry: otherwise a stranger who knows the
   * SHA-256 of a file could enrol it first with the PDQ hash of another picture.
   */
  readonly unverified?: boolean;
}

export interface EnrolmentParts {
  readonly entries: EntryStore;
  readonly hasher: ImageHasher;
  readonly listCache: ListCache;
  readonly knownGood: KnownGood;
  readonly tombstones: Tombstones;
  readonly follower: Pick<ChangeFeedFollower, 'applyEntries' | 'assertUsable'>;
}

export class Enrolment {
  constructor(private readonly parts: EnrolmentParts) {}

  /**
   * @throws VigieError `unscannable_image`, `degenerate_hash`, `not_found` (list), `forbidden`, `bad_request` (missing provenance),
   * `conflict` (known to be harmless, or withdrawn earlier), `index_unavailable`, `overloaded`, `database_unavailable`.
   */
  async enrolImage(enroller: Enroller, request: EntryRequest, bytes: Uint8Array, signal?: AbortSignal): Promise<Enrolled> {
    const list = this.admit(enroller, request);
    const image = await this.parts.hasher.hash(bytes, signal, 'enrol', enroller.actor.organisation ?? undefined);
    assertHashable(image.unscannable);
    return this.enrol(enroller, request, image.hashes, list);
  }

  async enrolHashes(enroller: Enroller, request: EntryRequest, hashes: HashSet): Promise<Enrolled> {
    const list = this.admit(enroller, request);
    const reason = degenerateReason(hashes);
    if (reason) throw new VigieError('degenerate_hash', reason);
    return this.enrol(enroller, request, { ...hashes, ...usableHashes(hashes) }, list);
  }

  /** @param hashes none of them degenerate */
  private async enrol(enroller: Enroller, request: EntryRequest, hashes: HashSet, list: List): Promise<Enrolled> {
    const { entries, knownGood, tombstones, follower } = this.parts;
    const owner = enroller.unverified ? null : list.organisation;
    const likeness = list.action === 'suppress' ? 'none' : await knownGood.likeness(hashes, owner);
    if (likeness === 'same') {
      throw new VigieError('conflict', 'not enrolled: a list of harmless content has an entry that looks the same');
    }
    const { flagger, unverified = false } = enroller;
    // Also in a list that asks for no confirmation: a stranger must not decide what platforms remove.
    const status = flagger || unverified || likeness === 'near' ? 'draft' : startingStatus(list.verification);
    const enrolled = await entries.create(
      newEntry(request, hashes, { status, flagged: flagger, unverified, tombstones }),
      enroller.actor,
    );
    if (!enrolled) throw noSuchList(request.list);
    const uuid = uuidOfEntryId(enrolled.entry.id);
    // If this fails, the node learns of the entry from the change feed.
    if (uuid) await follower.applyEntries([uuid]).catch(() => {});
    return enrolled;
  }

  /** False: the enroller must not learn what the list holds or held. */
  mayRead({ actor, flagger }: Enroller, list: string): boolean {
    if (flagger) return false;
    return actor.via !== 'key' || this.parts.listCache.rights(list, actor.organisation ?? '').has('read');
  }

  /** Before an earlier answer is repeated. @throws VigieError `not_found`, `forbidden`. */
  assertMaySeeAnswer(enroller: Enroller, id: string, tellsOfEntry: boolean): void {
    this.assertMayEnrol(enroller, id);
    if (tellsOfEntry && !this.mayRead(enroller, id))
      throw new VigieError(
        'forbidden',
        `your organisation may no longer read list "${id}", and the first answer tells of an entry`,
      );
  }

  private assertMayEnrol({ actor }: Enroller, id: string): List {
    const list = this.parts.listCache.get(id);
    if (!list) throw noSuchList(id);
    if (actor.via !== 'key') return list;
    const rights = this.parts.listCache.rights(id, actor.organisation ?? '');
    if (rights.size === 0) throw noSuchList(id);
    if (!rights.has('enrol'))
      throw new VigieError('forbidden', `your organisation has no right to enrol into list "${id}"; ask its owner for it`);
    return list;
  }

  private admit(enroller: Enroller, { list: id, provenance, expiresAt }: EntryRequest): List {
    this.parts.follower.assertUsable();
    const { actor, flagger } = enroller;
    const list = this.assertMayEnrol(enroller, id);
    const missing = flagger ? [] : list.provenanceRequired.filter((field) => !provenance?.[field]);
    if (missing.length > 0 && actor.via !== 'system') {
      throw new VigieError('bad_request', missing.map((field) => `provenance.${field}: required by list "${id}"`).join('; '));
    }
    if (expiresAt && Date.parse(expiresAt) <= Date.now())
      throw new VigieError('bad_request', `expiresAt: expected a time in the future, got ${expiresAt}`);
    return list;
  }
}

interface EnrolmentFacts {
  readonly status: NewEntry['status'];
  readonly flagged?: boolean;
  readonly unverified?: boolean;
  /** Absent if nothing was withdrawn from the list. */
  readonly tombstones?: Tombstones | undefined;
}

export function newEntry(
  request: EntryRequest,
  hashes: HashSet,
  { status, flagged = false, unverified = false, tombstones }: EnrolmentFacts,
): NewEntry {
  const stored = storedHashes(hashes);
  return {
    list: request.list,
    class: request.class,
    status,
    flagged,
    identity: Buffer.from(unverified ? digestOf(stored) : identityOf(stored), 'hex'),
    marks: tombstones?.marksOf(stored) ?? [],
    hashes: stored,
    quality: hashes.pdq?.[0]?.quality ?? null,
    provenance: request.provenance ?? {},
    sourceCodes: request.sourceCodes ?? [],
    series: request.series ?? null,
    synthetic: request.synthetic ?? false,
    expiresAt: request.expiresAt ?? null,
    // A flagger only gives a hint.
    despiteWithdrawal: flagged ? null : (request.despiteWithdrawal ?? null),
  };
}

/** What an entry keeps of the hashes of a picture. */
export function storedHashes({ pdq = [], blockhash, ...exact }: HashSet): NewHash[] {
  // Queries try all orientations. A stored rotated hash would make them report a wrong orientation.
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

type ContentHash = Pick<SealedHash, 'algorithm' | 'variant' | 'hex'>;

/**
 * 32 bytes in hex. A list holds one standing entry of each identity. An entry that finds only equal files has another identity than
 * one that also finds copies: otherwise the second would not be stored, and nobody would notice that copies pass.
 */
export function identityOf(stored: readonly ContentHash[]): string {
  const content = contentOf(stored);
  const findsCopies = stored.some(({ algorithm }) => algorithm === 'pdq' || algorithm === 'blockhash');
  const isOfFile = stored.some(({ algorithm }) => algorithm === 'sha256');
  return isOfFile && !findsCopies ? createHash('sha256').update(`exact ${content}`).digest('hex') : content;
}

/** 32 bytes in hex: the SHA-256 of the file if known, otherwise a hash of all its hashes. */
export function contentOf(stored: readonly ContentHash[]): string {
  const sha256 = stored.find(({ algorithm }) => algorithm === 'sha256')?.hex;
  return sha256 ?? digestOf(stored);
}

/** Of all hashes. */
export function digestOf(stored: readonly ContentHash[]): string {
  const lines = stored.map(({ algorithm, variant, hex }) => `${algorithm} ${variant} ${hex}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
