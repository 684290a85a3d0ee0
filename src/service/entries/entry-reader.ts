import { type Entry, type EntryStatus, entryIdOf, uuidOfEntryId } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { ContentClass } from '../../domain/list.js';
import type { EntryStore } from '../../store/entries.js';
import type { EntryReviewStore, HistoryLine } from '../../store/entry-review.js';
import type { HashStore } from '../../store/hashes.js';
import type { CanaryWatch } from '../exports/canary-watch.js';
import type { ListCache } from '../lists/list-cache.js';

export interface PageRequest {
  readonly list?: string | undefined;
  readonly status?: EntryStatus | undefined;
  readonly erasure?: 'waiting' | undefined;
  readonly series?: string | undefined;
  readonly class?: ContentClass | undefined;
  /** That enrolled it first. */
  readonly organisation?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface EntryReaderParts {
  readonly entries: EntryStore;
  readonly hashes: HashStore;
  readonly entryReview: EntryReviewStore;
  readonly listCache: ListCache;
  readonly canaryWatch: Pick<CanaryWatch, 'has'>;
}

/** Entries that an organisation may not read do not exist for it. */
export class EntryReader {
  constructor(private readonly parts: EntryReaderParts) {}

  /** @throws VigieError `not_found`. */
  async get(organisation: string, id: string): Promise<Entry> {
    const entry = found(id, await this.parts.entries.get(uuidOf(id)));
    if (!this.mayRead(organisation, entry.list)) throw notFound(id);
    return this.shown(organisation, entry);
  }

  /** Oldest first. */
  async page(organisation: string, request: PageRequest): Promise<{ items: Entry[]; nextCursor: string | null }> {
    const { list, status, erasure, cursor, limit, series, class: contentClass, organisation: source } = request;
    const readable = this.readable(organisation);
    const filter = {
      lists: list === undefined ? readable : readable.filter((id) => id === list),
      ...(status !== undefined && { status }),
      erasureWaits: erasure === 'waiting',
      ...{ series, class: contentClass, organisation: source },
      ...(cursor !== undefined && { after: uuidOfCursor(cursor) }),
    };
    const items = await this.parts.entries.page({ ...filter, limit: limit + 1 });
    const shown = items.slice(0, limit).map((entry) => this.shown(organisation, entry));
    return { items: shown, nextCursor: items.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  /** Oldest first. @throws VigieError `not_found`. */
  async history(organisation: string, id: string): Promise<{ items: HistoryLine[] }> {
    await this.get(organisation, id);
    return { items: await this.parts.entryReview.history(uuidOf(id)) };
  }

  /** Similar entries, nearest first; approximate. @throws VigieError `not_found`, `conflict`. */
  async neighbours(
    organisation: string,
    id: string,
    radius: number,
    limit: number,
  ): Promise<{ items: { entry: Entry; distance: number }[] }> {
    const { entries: store, hashes } = this.parts;
    const { status } = await this.get(organisation, id);
    const near = await hashes.neighbours(uuidOf(id), { radius, limit, lists: this.readable(organisation) });
    if (!near) {
      const why = status === 'withdrawn' ? 'is withdrawn' : 'has no PDQ hash to compare';
      throw new VigieError('conflict', `entry ${id} ${why}`);
    }
    const entries = new Map((await store.many(near.map((one) => one.uuid))).map((entry) => [entry.id, entry]));
    const items = near.flatMap(({ uuid: other, distance }) => {
      const entry = entries.get(entryIdOf(other));
      return entry && this.mayRead(organisation, entry.list) ? [{ entry: this.shown(organisation, entry), distance }] : [];
    });
    return { items };
  }

  /** Only the owner of the list may know its canaries. */
  shown(organisation: string, entry: Entry): Entry {
    if (!this.parts.canaryWatch.has(entry.id) || this.parts.listCache.get(entry.list)?.organisation !== organisation)
      return entry;
    return { ...entry, canary: true };
  }

  private readable(organisation: string): string[] {
    return this.parts.listCache.all().flatMap(({ id }) => (this.mayRead(organisation, id) ? [id] : []));
  }

  private mayRead(organisation: string, list: string): boolean {
    return this.parts.listCache.rights(list, organisation).has('read');
  }
}

/** @throws VigieError `not_found`. */
export function uuidOf(id: string): string {
  return found(id, uuidOfEntryId(id));
}

function uuidOfCursor(cursor: string): string {
  const uuid = uuidOfEntryId(cursor);
  if (!uuid) throw new VigieError('bad_request', 'cursor: expected the nextCursor of the previous page, unchanged');
  return uuid;
}

function found<Thing>(id: string, thing: Thing | undefined): Thing {
  if (thing === undefined) throw notFound(id);
  return thing;
}

export function notFound(id: string): VigieError {
  return new VigieError('not_found', `there is no entry "${id}"`);
}
