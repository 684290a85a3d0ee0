/** A list in the form of StopNCII, for partners that have a client for it (docs/api/stopncii.md). */
import { uuidOfEntryId } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import { actorOf, type Caller } from '../../domain/key.js';
import { isVerified } from '../../domain/standing.js';
import type { Hit } from '../../domain/verdict.js';
import { algorithmOfSignal, recordOfHash, type StopnciiRecord } from '../../formats/stopncii.js';
import type { HashIndex } from '../../index/hash-index.js';
import type { SealedHash } from '../../store/entry-review.js';
import type { FeedEntry, HashesOfFallen } from '../../store/feed.js';
import type { FeedbackOutcome, FeedbackStore } from '../../store/feedback.js';
import type { StopnciiMarkStore } from '../../store/stopncii-marks.js';
import type { Enrolment } from '../entries/enrolment.js';
import type { EntryReview } from '../entries/entry-review.js';
import type { Tombstones } from '../entries/tombstones.js';
import type { FeedCursor } from '../feed/feed-cursor.js';
import { type FeedPage, type FeedReader, restart } from '../feed/feed-reader.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';
import { lowerIfDoubted } from '../matching/verdict-history.js';

export interface StopnciiParts {
  readonly feedReader: FeedReader;
  readonly marks: StopnciiMarkStore;
  readonly tombstones: Tombstones;
  readonly index: HashIndex;
  readonly listCache: ListCache;
  readonly enrolment: Enrolment;
  readonly feedback: FeedbackStore;
  readonly entryReview: EntryReview;
  /** Kinds of exchanges that take feedback. */
  readonly feedbackKinds: readonly string[];
}

export interface FetchRequest {
  /** Seconds since 1970. */
  readonly startTimestamp: number;
  readonly pageSize: number;
  readonly nextPageToken: string | undefined;
}

export interface Fetched {
  readonly count: number;
  readonly nextSetTimestamp: number;
  readonly nextPageToken: string | null;
  readonly hasMoreRecords: boolean;
  readonly hashRecords: readonly StopnciiRecord[];
}

export interface SubmittedHash {
  /** Of the record. */
  readonly index: number;
  readonly hashes: HashSet;
  readonly tags: readonly string[];
}

export interface HashFeedback {
  readonly algorithm: 'pdq' | 'md5';
  readonly hex: string;
  readonly outcome: FeedbackOutcome;
  readonly tags: readonly string[];
}

export interface Refusal {
  /** From 0. */
  readonly index: number;
  readonly code: string;
  readonly detail: string;
}

/** A client that fetches for the first time sends a small number: the usual one sends 10. */
const beforeStopncii = 1_000_000_000;

export class StopnciiWire {
  constructor(private readonly parts: StopnciiParts) {}

  /** @throws VigieError `not_found`, `forbidden`, `bad_request`, `feed_restart`. */
  async fetch(caller: Caller, list: string, { startTimestamp, pageSize, nextPageToken }: FetchRequest): Promise<Fetched> {
    const { feedReader, marks } = this.parts;
    feedReader.admit(caller, list);
    const cursor = nextPageToken
      ? feedReader.cursors.read(nextPageToken, list)
      : await this.startAt(caller, list, startTimestamp);
    const page = await feedReader.read(cursor, pageSize);
    const hashRecords = await this.recordsOf(list, page, cursor.base ?? 0);
    const { base: _, ...next } = page.next;
    // The same start for all pages of a round, so that a client that stops in the middle begins the round again.
    const nextSetTimestamp = page.drained
      ? await marks.put(list, caller.organisation, feedReader.cursors.write(next))
      : startTimestamp;
    return {
      count: hashRecords.length,
      nextSetTimestamp,
      nextPageToken: page.drained ? null : feedReader.cursors.write({ ...next, base: await marks.now() }),
      hasMoreRecords: !page.drained,
      hashRecords,
    };
  }

  /** Enrols each hash by itself. @returns why some were refused. @throws VigieError `not_found`, `forbidden`, `index_unavailable`. */
  async submit(caller: Caller, list: string, submitted: readonly SubmittedHash[]): Promise<Refusal[]> {
    const { enrolment } = this.parts;
    enrolment.assertMaySeeAnswer(enrollerOf(caller), list, false);
    const refusals: Refusal[] = [];
    for (const { index, hashes, tags } of submitted) {
      const sourceCodes = tags.map((code) => ({ scheme: 'stopncii-tag', code }));
      try {
        await enrolment.enrolHashes(enrollerOf(caller), { list, sourceCodes }, hashes);
      } catch (error) {
        if (!(error instanceof VigieError) || error.status >= 500) throw error;
        refusals.push({ index, code: error.code, detail: error.detail });
      }
    }
    return refusals;
  }

  /** Feedback on the entries with exactly these hashes. @returns how many hashes the list has. */
  async tell(caller: Caller, list: string, all: readonly HashFeedback[]): Promise<number> {
    const { listCache, feedback, feedbackKinds } = this.parts;
    const { organisation } = caller;
    if (listCache.rights(list, organisation).size === 0) throw noSuchList(list);
    let known = 0;
    for (const { algorithm, hex, outcome, tags } of all) {
      const hits = await this.equal(list, algorithm, hex);
      if (hits.length > 0) known++;
      for (const entry of new Set(hits.flatMap((hit) => uuidOfEntryId(hit.entry.id) ?? []))) {
        const reason = tags.join(', ').slice(0, 500) || null;
        await feedback.putOnEntry({ organisation, entry, algorithm, outcome, reason }, feedbackKinds);
        if (outcome === 'false_positive') await lowerIfDoubted(this.parts, list, entry);
      }
    }
    return known;
  }

  private async startAt(caller: Caller, list: string, startTimestamp: number): Promise<FeedCursor> {
    const { feedReader, marks } = this.parts;
    // It has nothing yet, so it need not hear of withdrawals.
    if (startTimestamp < beforeStopncii) return { ...(await feedReader.begin(caller, list)), base: 0 };
    const mark = await marks.find(list, caller.organisation, startTimestamp);
    if (!mark) throw restart('startTimestamp: expected the nextSetTimestamp of a fetch in the last seven days, or 10');
    return { ...feedReader.cursors.read(mark.cursor, list), base: mark.madeAt };
  }

  private async recordsOf(list: string, { changes }: FeedPage, base: number): Promise<StopnciiRecord[]> {
    const { store } = this.parts.feedReader;
    const uuids = changes.map(({ entry }) => entry);
    const entries = await store.entries(list, uuids);
    const fallen = entries.filter(({ stands }) => !stands).map(({ uuid }) => uuid);
    const hashes = new Map((await store.fallen(fallen, base)).map((one) => [one.uuid, one]));
    const records: StopnciiRecord[] = [];
    for (const entry of entries) {
      if (entry.stands) records.push(...activeRecords(entry));
      else records.push(...(await this.withdrawnRecords(entry, hashes.get(entry.uuid))));
    }
    return records;
  }

  /** None for a partner that never had the entry. */
  private async withdrawnRecords(entry: FeedEntry, had: HashesOfFallen | undefined): Promise<StopnciiRecord[]> {
    if (!had) return [];
    const hashes: readonly Pick<SealedHash, 'algorithm' | 'hex' | 'variant'>[] = had.sealed
      ? this.parts.tombstones.unseal(entry.uuid, had.sealed)
      : had.hashes;
    if (hashes.length === 0) {
      throw restart('an entry that you may hold was withdrawn and its hashes are erased, so no record can name them');
    }
    const records: StopnciiRecord[] = [];
    for (const { algorithm, hex } of wholes(hashes)) {
      const others = (await this.equal(entry.list, algorithm, hex)).filter(
        (hit) => hit.entry.id !== entry.id && this.stands(entry.list, hit),
      );
      const cases = Object.fromEntries([
        [entry.id, 'Withdrawn' as const],
        ...others.map((hit) => [hit.entry.id, 'Active' as const] as const),
      ]);
      records.push(recordOfHash({ algorithm, hex, updatedAt: entry.updatedAt, cases }));
    }
    return records;
  }

  private stands(list: string, { entry }: Hit): boolean {
    const { verification } = this.parts.listCache.get(list) ?? {};
    return verification !== undefined && isVerified(entry.standing, verification);
  }

  private async equal(list: string, algorithm: 'pdq' | 'md5', hex: string): Promise<Hit[]> {
    const { index } = this.parts;
    const only = { has: (id: string) => id === list };
    if (algorithm === 'md5') return index.lookup([{ algorithm, value: Buffer.from(hex, 'hex') }], only);
    const [hits = []] = await index.search('pdq', [hex], 0, only);
    return hits.filter(({ variant }) => variant === 'full');
  }
}

/** Undefined: not one that Vigie matches. */
export function algorithmOfStopncii(signalType: string): 'pdq' | 'md5' | undefined {
  return algorithmOfSignal(signalType);
}

function enrollerOf(caller: Caller) {
  return { actor: actorOf(caller), flagger: false };
}

function activeRecords({ id, hashes, updatedAt }: FeedEntry): StopnciiRecord[] {
  return wholes(hashes).map(({ algorithm, hex }) => recordOfHash({ algorithm, hex, updatedAt, cases: { [id]: 'Active' } }));
}

/** Of the whole image, in the kinds that StopNCII knows. */
function wholes<Hash extends { readonly algorithm: string; readonly hex: string; readonly variant: string }>(
  hashes: readonly Hash[],
): { algorithm: 'pdq' | 'md5'; hex: string }[] {
  return hashes.flatMap(({ algorithm, hex, variant }) =>
    variant === 'full' && (algorithm === 'pdq' || algorithm === 'md5') ? [{ algorithm, hex }] : [],
  );
}
