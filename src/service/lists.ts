import { VigieError } from '../domain/errors.js';
import type { List } from '../domain/list.js';
import type { ListStore } from '../store/lists.js';
import type { ListBook } from './list-book.js';
import type { Live } from './live.js';

/** What operators set up. */
export class Lists {
  constructor(
    private readonly store: ListStore,
    private readonly book: ListBook,
    private readonly live: Pick<Live, 'refresh'>,
  ) {}

  all(): readonly List[] {
    return this.book.all();
  }

  /** @throws VigieError `conflict` when the id is taken. */
  async create(list: List): Promise<List> {
    const created = await this.store.create(list);
    if (!created) throw new VigieError('conflict', `list "${list.id}" exists already; PATCH /v1/lists/${list.id} changes it`);
    await this.live.refresh().catch(() => {});
    return created;
  }

  /** @throws VigieError `not_found`. */
  async update(id: string, change: (list: List) => List): Promise<List> {
    const updated = await this.store.update(id, change);
    if (!updated) throw new VigieError('not_found', `there is no list "${id}"`);
    await this.live.refresh().catch(() => {});
    return updated;
  }
}
