/** The audit: acts, which are only ever added, and the chain of seals over them. */

import type { Actor } from '../domain/actor.js';
import type { Act } from '../domain/audit-act.js';
import type { Database, Queryable } from './database.js';

/** An act as it stands in the database. */
export interface RecordedAct {
  readonly id: number;
  /** Microseconds since the epoch, as digits: what PostgreSQL keeps of a time, exactly. */
  readonly micros: string;
  readonly person: number | null;
  readonly organisation: string | null;
  readonly key: string | null;
  readonly via: Actor['via'];
  readonly act: string;
  readonly subject: string;
  /** PostgreSQL's own text of the jsonb: the same for the same value, whatever version wrote it. */
  readonly detail: string;
}

/** A link of the chain. */
export interface Seal {
  /** From 1, without a gap. */
  readonly position: number;
  readonly mac: Uint8Array;
}

/** A link with the act it seals; the act is null where its row is gone. */
export interface SealedAct extends Seal {
  readonly actId: number;
  readonly act: RecordedAct | null;
}

/** Makes the mac of the act that goes to `position`, behind `previous`. */
export type Sealing = (previous: Uint8Array | null, position: number, act: RecordedAct) => Uint8Array;

const insertAct = `
  with appended as (
    insert into act (person, organisation, api_key, via, act, subject, detail) values ($1, $2, $3, $4, $5, $6, $7) returning id
  )
  insert into act_pending (act) select id from appended`;

// Ids and positions stay below 2^53, where a double is exact.
const actColumns = `
  a.id::float8 as id, trunc(extract(epoch from a.at) * 1000000)::text as micros, a.person, a.organisation, a.api_key as key,
  a.via, a.act, a.subject, a.detail::text as detail`;
const sealColumns = 's.position::float8 as position, s.mac';

const selectHead = `select ${sealColumns} from act_seal s order by s.position desc limit 1`;
const selectSeal = `select ${sealColumns} from act_seal s where s.position = $1`;
const selectPending = `
  select ${actColumns}
  from (select act from act_pending order by act limit $1) p join act a on a.id = p.act order by p.act`;
const insertSeals = 'insert into act_seal (position, act, mac) select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])';
const deletePending = 'delete from act_pending where act = any($1::bigint[])';
const countPending = 'select count(*)::int as count from (select from act_pending limit $1) counted';
// The limit inside: where statistics are old, a plan that hashes all acts for every page would be chosen otherwise.
const selectPage = `
  select ${sealColumns}, s.act::float8 as "actId", ${actColumns}
  from (select * from act_seal where position > $1 order by position limit $2) s left join act a on a.id = s.act
  order by s.position`;
// The bound above catches a row whose time was set into the future.
const selectUnsealed = `
  select a.id::float8 as id from act a
  where not exists (select from act_seal s where s.act = a.id)
    and a.at not between clock_timestamp() - $1 * interval '1 millisecond' and clock_timestamp() + $1 * interval '1 millisecond'
  order by a.id limit $2`;

/** Acts a transaction seals: about 20 ms, so that nobody waits on the embedded database. */
const sealedAtOnce = 500;
const maxCounted = 100_000;

/** Writes an act into the audit, in the transaction of what it records. */
export async function appendAct(tx: Queryable, { actor, act, subject, detail }: Act): Promise<void> {
  const { person, organisation, key, via } = actor;
  await tx.query(insertAct, [person, organisation, key, via, act, subject, JSON.stringify(detail, wellFormed)]);
}

/** PostgreSQL takes no half of a surrogate pair and no NUL, which a reason that somebody typed may hold. */
function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\p{Surrogate}|\0/gu, '\uFFFD') : value;
}

type PageRow = RecordedAct & Seal & { readonly actId: number };

export class AuditStore {
  constructor(private readonly database: Database) {}

  /**
   * Seals the next acts that are committed and not sealed; gives how many, 0 when none is left. Whoever commits late comes later.
   *
   * @throws PostgreSQL 23505 when another node took the position: nothing is sealed then, and asking again goes on behind that node.
   */
  sealNext(sealing: Sealing): Promise<number> {
    return this.database.transaction(async (tx) => {
      const [head] = await tx.query<Seal & Record<string, unknown>>(selectHead);
      const acts = await tx.query<RecordedAct & Record<string, unknown>>(selectPending, [sealedAtOnce]);
      if (acts.length === 0) return 0;
      const seals: Seal[] = [];
      for (const act of acts) {
        const last = seals.at(-1) ?? head;
        const position = (last?.position ?? 0) + 1;
        seals.push({ position, mac: sealing(last?.mac ?? null, position, act) });
      }
      const ids = acts.map(({ id }) => id);
      await tx.query(insertSeals, [seals.map(({ position }) => position), ids, seals.map(({ mac }) => Buffer.from(mac))]);
      await tx.query(deletePending, [ids]);
      return acts.length;
    });
  }

  /** Acts that no seal covers yet, counted up to 100 000. */
  async pending(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countPending, [maxCounted]);
    return row?.count ?? 0;
  }

  /** The last link; undefined while nothing is sealed. */
  async head(): Promise<Seal | undefined> {
    const [row] = await this.database.query<Seal & Record<string, unknown>>(selectHead);
    return row;
  }

  async sealAt(position: number): Promise<Seal | undefined> {
    const [row] = await this.database.query<Seal & Record<string, unknown>>(selectSeal, [position]);
    return row;
  }

  /** Links behind `position`, in order, at most `limit`. */
  async page(position: number, limit: number): Promise<SealedAct[]> {
    const rows = await this.database.query<PageRow & Record<string, unknown>>(selectPage, [position, limit]);
    return rows.map(({ position, mac, actId, ...act }) => ({ position, mac, actId, act: act.id === null ? null : act }));
  }

  /** All links behind `position`, a page at a time. */
  async *pages(position = 0): AsyncGenerator<readonly SealedAct[]> {
    const limit = 1_000;
    for (let last = position; ; ) {
      const page = await this.page(last, limit);
      if (page.length > 0) yield page;
      last = page.at(-1)?.position ?? last;
      if (page.length < limit) return;
    }
  }

  /** Ids of acts that no seal covers, though they are older than `ageMs` (or of the future): the first `limit`. */
  async unsealed(ageMs: number, limit: number): Promise<number[]> {
    // Reads both tables whole, a million rows in seconds: no time limit.
    const rows = await this.database.query<{ id: number }>(selectUnsealed, [ageMs, limit], 0);
    return rows.map(({ id }) => id);
  }
}
