/** The hashes of a deleted list leave as those of a withdrawn entry do, but without a seal: nothing restores the list. */
import { type Actor, system } from '../domain/actor.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';

const because = 'its list was deleted';

// An identity may be the SHA-256 of the content.
const withdrawEntries = `
  with doomed as (
    select id, list, status from entry
    where list = any(array(select id from hash_list where deleted_at is not null)) and status <> 'withdrawn'
    limit $1 for update skip locked
  ), gone as (
    delete from hash where entry = any(array(select id from doomed)) returning entry, ordinal
  ), withdrawn as (
    update entry set status = 'withdrawn', withdrawn_because = '${because}', identity = sha256(convert_to(id::text, 'UTF8')),
      withdrawal_person = null, withdrawal_reason = null, withdrawal_at = null, updated_at = now()
    where id = any(array(select id from doomed))
  ), ended as (
    update claim set ended_at = now(), ended_because = '${because}', ended_with_entry = true
    where entry = any(array(select id from doomed)) and ended_at is null
  ), noted as (
    insert into entry_event (entry, event, reason, came_from, went_to)
    select id, 'withdraw', '${because}', status, 'withdrawn' from doomed
  ), changed as (
    insert into change (kind, subject, ordinals)
    select 'entry', id::text, array(select ordinal from gone where gone.entry = doomed.id) from doomed
  )
  select list, count(*)::int as entries from doomed group by list`;
const deleteSeals = `
  update tombstone set sealed = null, sealed_until = least(sealed_until, now()), erasure_waits = false where entry = any(array(
    select t.entry from tombstone t join hash_list l on l.id = t.list and l.deleted_at is not null
    where t.sealed is not null limit $1)) returning 1`;

// Notes and metadata of platforms.
const deleteContents = `
  delete from hma_content where (organisation, id) in (
    select c.organisation, c.id from hma_content c join hash_list l on l.id = c.list and l.deleted_at is not null limit $1)
  returning 1`;

/** About 50 ms. Returns the number of entries, seals and contents of banks. */
export async function eraseDeletedLists(tx: Queryable, actor: Actor, limit = 500): Promise<number> {
  const lists = await tx.query<{ list: string; entries: number }>(withdrawEntries, [limit]);
  for (const { list, entries } of lists) await appendAct(tx, { actor, act: 'list.erase', subject: list, detail: { entries } });
  const seals = await tx.query(deleteSeals, [limit]);
  const contents = await tx.query(deleteContents, [limit]);
  return lists.reduce((sum, { entries }) => sum + entries, seals.length + contents.length);
}

export class DeletedListStore {
  constructor(private readonly database: Database) {}

  erase(limit?: number): Promise<number> {
    return this.database.transaction((tx) => eraseDeletedLists(tx, system, limit));
  }
}
