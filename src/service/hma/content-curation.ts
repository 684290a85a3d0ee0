import { degenerateReason } from '../../domain/degenerate.js';
import { entryIdOf } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import { actorOf, type Caller } from '../../domain/key.js';
import type { ContentPatch, HmaContent, HmaContentStore, HmaSignals } from '../../store/hma-contents.js';
import type { Enrolment } from '../entries/enrolment.js';
import type { EntryReview } from '../entries/entry-review.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ImageHasher } from '../matching/image-hasher.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import type { Bank } from './bank-cache.js';
import type { BankCuration } from './bank-curation.js';
import type { ContentNumbers } from './content-numbers.js';
import { type Hashing, type Media, wholePdq } from './hashing.js';
import { hashesOfSignal, isSignalType, signalTypes } from './signals.js';

export interface ContentCurationParts {
  readonly contents: HmaContentStore;
  readonly contentNumbers: ContentNumbers;
  readonly bankCuration: BankCuration;
  readonly hashing: Hashing;
  readonly hasher: ImageHasher;
  readonly enrolment: Enrolment;
  readonly entryReview: EntryReview;
  readonly listCache: Pick<ListCache, 'rights'>;
  readonly follower: Pick<ChangeFeedFollower, 'refresh'>;
}

export type { ContentPatch, HmaContent, HmaMetadata } from '../../store/hma-contents.js';

export interface AddedContent {
  readonly id: number;
  readonly signals: HmaSignals;
}

/** Content of banks: entries of their lists, by the numbers that clients of HMA know. */
export class ContentCuration {
  constructor(private readonly parts: ContentCurationParts) {}

  /** @throws VigieError `forbidden`, `bad_request`, and as enrolment. */
  async addMedia(caller: Caller, bank: Bank, media: Media, patch: ContentPatch, signal: AbortSignal): Promise<AddedContent> {
    this.assertCurates(caller, bank);
    if (media.type === 'video') {
      const hashes = await this.parts.hashing.digestsOf(media.bytes);
      return this.enrol(caller, bank, hashes, { video_md5: hashes.md5 ?? '' }, patch);
    }
    const image = await this.parts.hasher.hash(media.bytes, signal, 'enrol', caller.organisation);
    const pdq = wholePdq(image);
    if (pdq === '') throw new VigieError('bad_request', `Invalid pdq signal: ${whyNot(image.unscannable)}`);
    return this.enrol(caller, bank, image.hashes, { pdq }, patch);
  }

  /**
   * Of a flat image Vigie keeps the hash and never matches it.
   *
   * @throws VigieError `forbidden`, `bad_request`, and as enrolment.
   */
  async addSignals(
    caller: Caller,
    bank: Bank,
    given: Readonly<Record<string, string>>,
    patch: ContentPatch,
  ): Promise<AddedContent> {
    this.assertCurates(caller, bank);
    let hashes: HashSet = {};
    for (const [type, text] of Object.entries(given)) {
      if (!isSignalType(type)) throw new VigieError('bad_request', `No such signal type ${type}`);
      hashes = { ...hashes, ...hashesOfSignal(type, text, `Invalid ${type} signal`) };
    }
    if (hashes.pdq && degenerateReason({ pdq: hashes.pdq })) {
      const { pdq, ...others } = hashes;
      hashes = others;
      if (Object.keys(others).length === 0) return this.keepFlat(caller, bank, { pdq: pdq[0]?.value ?? '' }, patch);
    }
    return this.enrol(caller, bank, hashes, signalsIn(hashes), patch);
  }

  /** @throws VigieError `not_found`. */
  async get({ organisation }: Caller, bank: Bank, id: number): Promise<HmaContent> {
    const content =
      Number.isSafeInteger(id) && id <= maxId ? await this.parts.contents.get(organisation, bank.list, id) : undefined;
    if (!content) throw new VigieError('not_found', `content '${id}' not found`);
    return content;
  }

  /** @throws VigieError `not_found`, `forbidden`. */
  async update(caller: Caller, bank: Bank, id: number, patch: ContentPatch): Promise<HmaContent> {
    const content = await this.get(caller, bank, id);
    this.assertCurates(caller, bank);
    await this.parts.contents.update(caller.organisation, content.id, patch, actorOf(caller));
    await this.parts.follower.refresh().catch(() => {});
    return this.get(caller, bank, id);
  }

  /** @returns `waits`: a second person must agree. @throws VigieError `forbidden`. */
  async delete(caller: Caller, bank: Bank, id: number): Promise<'deleted' | 'absent' | 'waits'> {
    this.assertCurates(caller, bank);
    const content = await this.get(caller, bank, id).catch(absent);
    if (!content) return 'absent';
    if (content.entry === null) {
      await this.parts.contents.deleteFlat(caller.organisation, content.id, actorOf(caller));
      return 'deleted';
    }
    // In a bank of one organisation nobody else has a say, and what was deleted must not go on matching.
    const isOwn = this.parts.bankCuration.isOwn(caller, bank);
    const request = { mayReturn: isOwn, allClaims: isOwn };
    const reason = `deleted from bank ${bank.name}`;
    const { waits } = await this.parts.entryReview.withdraw(actorOf(caller), entryIdOf(content.entry), reason, request);
    return waits ? 'waits' : 'deleted';
  }

  /** A platform curates banks that concern nobody else. Of other lists it takes an analyst, and the rules of the list apply. */
  assertCurates(caller: Caller, bank: Bank): void {
    if (caller.role !== 'analyst') this.parts.bankCuration.assertOwn(caller, bank);
  }

  private async enrol(
    caller: Caller,
    bank: Bank,
    hashes: HashSet,
    signals: HmaSignals,
    patch: ContentPatch,
  ): Promise<AddedContent> {
    const { enrolment, contents, contentNumbers, follower } = this.parts;
    const actor = actorOf(caller);
    const { entry } = await enrolment.enrolHashes({ actor, flagger: false }, { list: bank.list }, hashes).catch(asRefusal);
    const number = (await contentNumbers.of(caller.organisation, [{ entry: entry.id, list: bank.list }])).get(entry.id);
    if (!number) throw new VigieError('database_unavailable', 'the content is in the bank, but has no number yet; send it again');
    const isDescribed = patch.note !== undefined || patch.metadata !== undefined;
    if (isDescribed) await contents.update(caller.organisation, number.id, patch, actor);
    // The lookup that follows may come at once.
    await follower.refresh().catch(() => {});
    return { id: number.id, signals };
  }

  private async keepFlat(caller: Caller, bank: Bank, signals: HmaSignals, patch: ContentPatch): Promise<AddedContent> {
    if (!this.parts.listCache.rights(bank.list, caller.organisation).has('enrol'))
      throw new VigieError('forbidden', `your organisation has no right to enrol into list "${bank.list}"; ask its owner for it`);
    const id = await this.parts.contents.createFlat(caller.organisation, bank.list, signals, patch, actorOf(caller));
    return { id, signals };
  }
}

/** Of int4. */
const maxId = 2_147_483_647;

function signalsIn({ pdq, md5 }: HashSet): HmaSignals {
  const hexes = { pdq: pdq?.[0]?.value, video_md5: md5 };
  return Object.fromEntries(signalTypes.flatMap((type) => (hexes[type] === undefined ? [] : [[type, hexes[type]]])));
}

function whyNot(unscannable: string | null): string {
  return unscannable === null || unscannable === 'flat' ? 'invalid PDQ hash' : `the picture cannot be hashed (${unscannable})`;
}

/** Clients of HMA know no 409 and no 422 here. */
function asRefusal(error: unknown): never {
  if (error instanceof VigieError && (error.code === 'conflict' || error.code === 'degenerate_hash'))
    throw new VigieError('bad_request', error.detail);
  throw error;
}

function absent(error: unknown): undefined {
  if (error instanceof VigieError && error.code === 'not_found') return undefined;
  throw error;
}
