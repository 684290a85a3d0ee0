import type { Actor } from '../domain/actor.js';
import type { List } from '../domain/list.js';
import { appendAct } from './audit.js';
import { type Database, type Queryable, sqlState } from './database.js';
import { createList, eraseList } from './lists.js';

/** A list as a client of HMA knows it. */
export interface HmaBankRow {
  readonly organisation: string;
  readonly name: string;
  readonly list: string;
  /** Share of requests that may match it, 0 to 1. */
  readonly ratio: number;
}

const columns = 'b.organisation, b.name, b.list, b.ratio';
const selectBanks = `
  select ${columns} from hma_bank b join hash_list l on l.id = b.list and l.deleted_at is null order by b.made_at, b.name`;
// An operator may have deleted the list of a bank.
const forgetDeleted = `
  delete from hma_bank where organisation = $1 and list = any(array(select id from hash_list where deleted_at is not null))`;
const insertBank = 'insert into hma_bank (organisation, name, list, ratio) values ($1, $2, $3, $4)';
const updateBank = `
  update hma_bank b set name = $3, ratio = $4 where b.organisation = $1 and b.name = $2 returning ${columns}`;
const deleteBank = 'delete from hma_bank where organisation = $1 and name = $2 returning list';
// Otherwise they would go on sending their credentials, and fail for ever.
const deleteExchanges = 'delete from exchange where list = $1 returning id';
const noteChange = "insert into change (kind, subject) values ('list', $1)";

export class HmaBankStore {
  constructor(private readonly database: Database) {}

  /** Of all organisations, in the order of their creation. */
  all(): Promise<HmaBankRow[]> {
    return this.database.query<HmaBankRow & Record<string, unknown>>(selectBanks);
  }

  /** False when the organisation has a bank of this name. */
  create({ organisation, name, ratio }: Omit<HmaBankRow, 'list'>, list: List, actor: Actor): Promise<boolean> {
    return unlessTaken(
      this.database.transaction(async (tx) => {
        await tx.query(forgetDeleted, [organisation]);
        if (!(await createList(tx, list, actor))) throw new Error(`the id of list ${list.id} is taken`);
        await tx.query(insertBank, [organisation, name, list.id, ratio]);
        await noteBank(tx, 'bank.create', { organisation, name, ratio, list: list.id }, actor);
        return true;
      }),
    );
  }

  /** False when the organisation has another bank of the new name, or no longer has the bank. */
  update({ organisation, name }: HmaBankRow, to: Pick<HmaBankRow, 'name' | 'ratio'>, actor: Actor): Promise<boolean> {
    return unlessTaken(
      this.database.transaction(async (tx) => {
        await tx.query(forgetDeleted, [organisation]);
        const [bank] = await tx.query<HmaBankRow & Record<string, unknown>>(updateBank, [organisation, name, to.name, to.ratio]);
        if (!bank) return false;
        await tx.query(noteChange, [bank.list]);
        await noteBank(tx, 'bank.update', bank, actor);
        return true;
      }),
    );
  }

  /** With its list and exchanges, unless `check` throws. What is left of its content goes with the job that erases deleted lists. */
  delete({ organisation, name }: HmaBankRow, actor: Actor, check: (list: List) => void): Promise<void> {
    return this.database.transaction(async (tx) => {
      const [bank] = await tx.query<{ list: string }>(deleteBank, [organisation, name]);
      if (!bank) return;
      await eraseList(tx, bank.list, actor, check);
      for (const { id } of await tx.query<{ id: string }>(deleteExchanges, [bank.list]))
        await appendAct(tx, { actor, act: 'exchange.delete', subject: id, detail: {} });
    });
  }
}

async function noteBank(tx: Queryable, act: string, { list, name, ratio }: HmaBankRow, actor: Actor): Promise<void> {
  await appendAct(tx, { actor, act, subject: list, detail: { name, ratio } });
}

async function unlessTaken(work: Promise<boolean>): Promise<boolean> {
  return work.catch((error: unknown) => {
    if (sqlState(error) === '23505') return false;
    throw error;
  });
}
