import type { List } from '../domain/list.js';
import type { Database } from './database.js';

interface ListRow {
  id: string;
  title: string;
  class: List['class'];
  action: List['action'];
  pdq_tight: number;
  pdq_wide: number;
  blockhash: number;
  enabled: boolean;
}

const columns = 'id, title, class, action, pdq_tight, pdq_wide, blockhash, enabled';

const insertList = `
  with inserted as (
    insert into hash_list (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (id) do nothing returning ${columns}
  ), changed as (
    insert into change (kind, subject) select 'list', id from inserted
  )
  select * from inserted`;

const updateList = `
  with updated as (
    update hash_list set title = $2, class = $3, action = $4, pdq_tight = $5, pdq_wide = $6, blockhash = $7, enabled = $8,
      updated_at = now()
    where id = $1 returning ${columns}
  ), changed as (
    insert into change (kind, subject) select 'list', id from updated
  )
  select * from updated`;

const selectLists = `select ${columns} from hash_list order by id`;
const selectForUpdate = `select ${columns} from hash_list where id = $1 for update`;

export class ListStore {
  constructor(private readonly database: Database) {}

  /** Creates a list; undefined when the id is taken. */
  async create(list: List): Promise<List | undefined> {
    const [row] = await this.database.query<ListRow>(insertList, values(list));
    return row && listOf(row);
  }

  /** Changes a list in place by `change`; undefined when there is none of that id. */
  update(id: string, change: (list: List) => List): Promise<List | undefined> {
    return this.database.transaction(async (tx) => {
      const [standing] = await tx.query<ListRow>(selectForUpdate, [id]);
      if (!standing) return undefined;
      const [row] = await tx.query<ListRow>(updateList, values(change(listOf(standing))));
      return row && listOf(row);
    });
  }

  async all(): Promise<List[]> {
    return (await this.database.query<ListRow>(selectLists)).map(listOf);
  }
}

function values({ id, title, class: contentClass, action, thresholds, enabled }: List): unknown[] {
  return [id, title, contentClass, action, thresholds.pdq.tight, thresholds.pdq.wide, thresholds.blockhash, enabled];
}

function listOf(row: ListRow): List {
  const { id, title, action, enabled, blockhash } = row;
  const thresholds = { pdq: { tight: row.pdq_tight, wide: row.pdq_wide }, blockhash };
  return { id, title, class: row.class, action, thresholds, enabled };
}
