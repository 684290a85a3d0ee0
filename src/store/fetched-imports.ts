/** What only the imports of exchanges need. */
import type { Import } from '../domain/import.js';
import type { Database } from './database.js';
import { ownClaims } from './own-claims.js';

const keepLastOfEach = `
  delete from import_record where ctid = any(array(
    select ctid from (
      select ctid, row_number() over (partition by source_id order by number desc) as nth from import_record where import = $1
    ) r where nth > 1))`;
const updateFetched = `
  update import set replaces = $2, checkpoint = $3, next_generation = nextval('exchange_generation'), heard_at = now() where id = $1
  returning next_generation::float8 as next`;
const selectWaiting = `select id from import where exchange = $1 and state = 'waiting' order by id limit 1`;
const deleteFetched = `
  delete from import where id = any(array(
    select id from import where exchange is not null and ended_at < now() - $1 * interval '1 day' limit 1000)) returning id`;

const selectNamed = 'select exists (select from exchange where list = $1 and id = $2) as present';
const selectMissing = `
  with own as materialized (${ownClaims})
  select count(*)::int as missing from own
  where not exists (select from import_record r where r.import = $1 and r.source_id = own.source_id)`;

const longWork = 0;

export class FetchedImportStore {
  constructor(private readonly database: Database) {}

  /**
   * The records that an exchange fetched are complete. Of several with one id the last counts: it was fetched last.
   *
   * @param replaces true: they are everything that the exchange has
   * @returns the generation that the exchange will have
   */
  async endFetching(id: string, replaces: boolean, checkpoint: object | null): Promise<number> {
    await this.database.query(keepLastOfEach, [id], longWork);
    const values = [id, replaces, JSON.stringify(checkpoint)];
    const [row] = await this.database.query<{ next: number }>(updateFetched, values);
    if (!row) throw new Error('the import of the records is gone');
    return row.next;
  }

  /** The import of the exchange that waits for a second person. */
  async waitingOf(exchange: string): Promise<string | undefined> {
    return (await this.database.query<{ id: string }>(selectWaiting, [exchange]))[0]?.id;
  }

  /** A file with the name of an exchange would end its claims. */
  async isExchange(list: string, source: string): Promise<boolean> {
    return (await this.database.query<{ present: boolean }>(selectNamed, [list, source]))[0]?.present ?? false;
  }

  /** Imports of exchanges that ended before. @returns how many are gone */
  async forgetFetched(olderThanDays: number): Promise<number> {
    return (await this.database.query(deleteFetched, [olderThanDays])).length;
  }

  /** Open claims of the source whose record is not staged, though the import replaces. */
  async missing({ id, list, organisation, source }: Import): Promise<number> {
    const values = [id, list, organisation, source, true];
    return (await this.database.query<{ missing: number }>(selectMissing, values, longWork))[0]?.missing ?? 0;
  }
}
