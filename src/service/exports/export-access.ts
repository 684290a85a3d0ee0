import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import type { Export } from '../../domain/export.js';
import type { List } from '../../domain/list.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';

/** Who may take the hashes of a list out, and who may see that somebody did. */
export class ExportAccess {
  constructor(private readonly listCache: ListCache) {}

  /** @throws VigieError `not_found`, `forbidden`. */
  listFor(actor: Actor, id: string): List {
    const list = this.listCache.get(id);
    if (!list) throw noSuchList(id);
    if (actor.via !== 'key') return list;
    const rights = this.listCache.rights(id, actor.organisation ?? '');
    if (rights.size === 0) throw noSuchList(id);
    if (rights.has('export')) return list;
    throw new VigieError('forbidden', `your organisation has no right to export list "${id}"; ask its owner for it`);
  }

  /** Of its own organisation. @throws VigieError `not_found`. */
  own(actor: Actor, found: Export | undefined): Export {
    if (!found || !this.mayExport(actor, found.list)) throw noSuchExport();
    if (actor.via === 'key' && found.organisation !== actor.organisation) throw noSuchExport();
    return found;
  }

  /** Also of another organisation, for the owner of the list. @throws VigieError `not_found`. */
  seen(actor: Actor, found: Export | undefined): Export {
    return found && this.owns(actor, found.list) ? found : this.own(actor, found);
  }

  /** The ids of the lists whose exports the actor may see, and of those that it owns. */
  listsOf(actor: Actor): { lists: string[]; owned: string[] } {
    const ids = this.listCache.all().map(({ id }) => id);
    return { lists: ids.filter((id) => this.mayExport(actor, id)), owned: ids.filter((id) => this.owns(actor, id)) };
  }

  mayExport(actor: Actor, list: string): boolean {
    if (actor.via !== 'key') return this.listCache.get(list) !== undefined;
    return this.listCache.rights(list, actor.organisation ?? '').has('export');
  }

  private owns(actor: Actor, list: string): boolean {
    return actor.via === 'key' && actor.organisation !== null && this.listCache.get(list)?.organisation === actor.organisation;
  }
}

function noSuchExport(): VigieError {
  return new VigieError('not_found', 'no such export; GET /v1/exports shows yours');
}
