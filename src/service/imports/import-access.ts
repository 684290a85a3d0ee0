import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import type { Import } from '../../domain/import.js';
import type { List } from '../../domain/list.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';

/** Who may import into a list, and who may see an import. */
export class ImportAccess {
  constructor(private readonly listCache: ListCache) {}

  /** @throws VigieError `not_found`, `forbidden`. */
  listFor(actor: Actor, id: string): List {
    const list = this.listCache.get(id);
    if (!list) throw noSuchList(id);
    if (actor.via !== 'key') return list;
    const rights = this.listCache.rights(id, actor.organisation ?? '');
    if (rights.size === 0) throw noSuchList(id);
    // The report tells what the list holds.
    for (const right of ['enrol', 'read'] as const) {
      if (rights.has(right)) continue;
      throw new VigieError(
        'forbidden',
        `your organisation has no right to ${right} entries of list "${id}"; ask its owner for it`,
      );
    }
    return list;
  }

  /** The ids of the lists into which the actor may import. */
  listsOf(actor: Actor): string[] {
    return this.listCache
      .all()
      .map(({ id }) => id)
      .filter((id) => this.mayImport(actor, id));
  }

  maySee(actor: Actor, { list, organisation }: Import): boolean {
    return this.mayImport(actor, list) && (actor.via !== 'key' || organisation === actor.organisation);
  }

  /** Why the records, judged for the list as it was, can no longer be imported; undefined: they can. */
  whyNoLonger(actor: Actor, before: List): string | undefined {
    try {
      const { action, verification } = this.listFor(actor, before.id);
      const { people, organisations } = before.verification;
      const isStricter = verification.people > people || verification.organisations > organisations;
      return action === before.action && !isStricter
        ? undefined
        : 'the list became stricter during the import; import the file again';
    } catch (error) {
      if (error instanceof VigieError) return error.detail;
      throw error;
    }
  }

  private mayImport(actor: Actor, list: string): boolean {
    if (actor.via !== 'key') return true;
    const rights = this.listCache.rights(list, actor.organisation ?? '');
    return rights.has('enrol') && rights.has('read');
  }
}
