import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';
import { changesOf, type FieldChange } from '../../domain/weakening.js';
import type { ListStore, ListVersion } from '../../store/lists.js';
import { type ListCache, noSuchList } from './list-cache.js';

export interface VersionChange extends Omit<FieldChange, 'field'> {
  readonly setting: string;
}

export interface ShownVersion {
  readonly version: number;
  readonly at: string;
  /** Null: the command line during set-up, or a migration. */
  readonly by: { readonly organisation: string; readonly person: number } | null;
  readonly changes: readonly VersionChange[];
}

const highestVersion = 2 ** 31 - 1;

export class ListHistory {
  constructor(
    private readonly store: Pick<ListStore, 'history'>,
    private readonly listCache: ListCache,
  ) {}

  /** Newest first. @throws VigieError `not_found`, `bad_request` for another cursor. */
  async page(
    caller: Caller,
    id: string,
    { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<{ items: ShownVersion[]; nextCursor: string | null }> {
    const isOperator = caller.role === 'operator';
    const mayRead = isOperator || this.listCache.rights(id, caller.organisation).has('read');
    if (!mayRead || !this.listCache.get(id)) throw noSuchList(id);
    const found = await this.store.history(id, versionIn(cursor), limit + 1);
    const items = found
      .slice(0, limit)
      .map((version, at) => shown(version, found[at + 1], isOperator ? null : caller.organisation));
    return { items, nextCursor: found.length > limit ? String(items.at(-1)?.version) : null };
  }
}

/** Without the rights of organisations other than `reader`, unless that is null. */
function shown(to: ListVersion, from: ListVersion | undefined, reader: string | null): ShownVersion {
  const { version, at, person, organisation } = to;
  const changes = from ? changesOf(from.document, to.document) : [];
  const isShown = ({ field }: FieldChange) => reader === null || !field.startsWith('grants.') || field === `grants.${reader}`;
  return {
    version,
    at: at.toISOString(),
    by: person === null || organisation === null ? null : { organisation, person },
    changes: changes.filter(isShown).map(({ field: setting, ...change }) => ({ setting, ...change })),
  };
}

function versionIn(cursor: string | undefined): number {
  if (cursor === undefined) return highestVersion;
  if (/^[1-9]\d{0,8}$/.test(cursor)) return Number(cursor);
  throw new VigieError('bad_request', 'cursor: expected the nextCursor of the previous page, unchanged');
}
