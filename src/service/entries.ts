import { type Entry, type EntryStatus, entryIdOf, uuidOfEntryId } from '../domain/entry.js';
import { VigieError } from '../domain/errors.js';
import type { EntryStore } from '../store/entries.js';
import type { HashStore } from '../store/hashes.js';
import type { Live } from './live.js';

export interface PageRequest {
  readonly list?: string | undefined;
  readonly status?: EntryStatus | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** What analysts read and end. */
export class Entries {
  constructor(
    private readonly store: EntryStore,
    private readonly hashes: HashStore,
    private readonly live: Pick<Live, 'applyEntries'>,
  ) {}

  /** @throws VigieError `not_found`. */
  async get(id: string): Promise<Entry> {
    return found(id, await this.store.get(uuidOf(id)));
  }

  /** Oldest first; `nextCursor` is null on the last page. */
  async page({ list, status, cursor, limit }: PageRequest): Promise<{ items: Entry[]; nextCursor: string | null }> {
    const filter = {
      ...(list !== undefined && { list }),
      ...(status !== undefined && { status }),
      ...(cursor !== undefined && { after: uuidOfCursor(cursor) }),
    };
    const items = await this.store.page({ ...filter, limit: limit + 1 });
    const shown = items.slice(0, limit);
    return { items: shown, nextCursor: items.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  /** Ends an entry's matching, on this node before it resolves, on the others within a second. @throws VigieError `not_found`. */
  async withdraw(id: string, reason: string): Promise<Entry> {
    const uuid = uuidOf(id);
    const entry = found(id, await this.store.withdraw(uuid, reason));
    // Committed; should the database go away right now, the feed brings it later.
    await this.live.applyEntries([uuid]).catch(() => {});
    return entry;
  }

  /** Entries whose picture looks like this one's, nearest first; approximate. @throws VigieError `not_found`, `conflict` without a PDQ hash. */
  async neighbours(id: string, radius: number, limit: number): Promise<{ items: { entry: Entry; distance: number }[] }> {
    const uuid = uuidOf(id);
    found(id, await this.store.get(uuid));
    const near = await this.hashes.neighbours(uuid, radius, limit);
    if (!near) throw new VigieError('conflict', `entry ${id} has no PDQ hash to compare with others`);
    const entries = new Map((await this.store.many(near.map((one) => one.uuid))).map((entry) => [entry.id, entry]));
    const items = near.flatMap(({ uuid: other, distance }) => {
      const entry = entries.get(entryIdOf(other));
      return entry ? [{ entry, distance }] : [];
    });
    return { items };
  }
}

function uuidOf(id: string): string {
  return found(id, uuidOfEntryId(id));
}

function uuidOfCursor(cursor: string): string {
  const uuid = uuidOfEntryId(cursor);
  if (!uuid) throw new VigieError('bad_request', 'cursor: send the nextCursor of the page before, unchanged');
  return uuid;
}

function found<Thing>(id: string, thing: Thing | undefined): Thing {
  if (thing === undefined) throw new VigieError('not_found', `there is no entry "${id}"`);
  return thing;
}
