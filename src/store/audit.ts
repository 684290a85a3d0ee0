import type { Actor } from '../domain/actor.js';
import type { Act } from '../domain/audit-act.js';
import type { Database, Queryable } from './database.js';

export interface RecordedAct {
  readonly id: number;
  /** Microseconds since the epoch, as digits: PostgreSQL's exact resolution. */
  readonly micros: string;
  readonly person: number | null;
  readonly organisation: string | null;
  readonly key: string | null;
  readonly via: Actor['via'];
  readonly act: string;
  readonly subject: string;
  /** PostgreSQL's text of the jsonb, which depends on the value only. */
  readonly detail: string;
}

export interface Seal {
  /** From 1, without gaps. */
  readonly position: number;
  readonly mac: Uint8Array;
}

export interface SealedAct extends Seal {
  readonly actId: number;
  /** Null when the row of the act is missing. */
  readonly act: RecordedAct | null;
}

export type Sealing = (previous: Uint8Array | null, position: number, act: RecordedAct) => Uint8Array;

const insertAct = `
  with appended as (
    insert into act (person, organisation, api_key, via, act, subject, detail) values ($1, $2, $3, $4, $5, $6, $7) returning id
  )
  insert into act_pending (act) select id from appended`;

// Ids and positions stay below 2^53, up to which a double is exact.
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
const selectLastSealed = `
  select a.at from (select act from act_seal order by position desc limit 1) s join act a on a.id = s.act`;
const countPending = 'select count(*)::int as count from (select from act_pending limit $1) counted';
// Without the subquery and with old statistics, the planner would hash all acts for every page.
const selectPage = `
  select ${sealColumns}, s.act::float8 as "actId", ${actColumns}
  from (select * from act_seal where position > $1 order by position limit $2) s left join act a on a.id = s.act
  order by s.position`;
// The upper bound finds times in the future.
const selectUnsealed = `
  select a.id::float8 as id from act a
  where not exists (select from act_seal s where s.act = a.id)
    and a.at not between clock_timestamp() - $1 * interval '1 millisecond' and clock_timestamp() + $1 * interval '1 millisecond'
  order by a.id limit $2`;

/** About 20 ms. */
const actsPerTransaction = 500;
const maxCounted = 100_000;

export async function appendAct(tx: Queryable, { actor, act, subject, detail }: Act): Promise<void> {
  const { person, organisation, key, via } = actor;
  await tx.query(insertAct, [person, organisation, key, via, act, subject, JSON.stringify(detail, wellFormed)]);
}

/** A typed reason may contain unpaired surrogates or NUL, which PostgreSQL refuses. */
function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\p{Surrogate}|\0/gu, '\uFFFD') : value;
}

type PageRow = RecordedAct & Seal & { readonly actId: number };

export class AuditStore {
  constructor(private readonly database: Database) {}

  /**
   * Seals the next committed acts and returns their number.
   *
   * @throws PostgreSQL 23505 when another node took the position: call it again.
   */
  sealNext(sealing: Sealing): Promise<number> {
    return this.database.transaction(async (tx) => {
      const [head] = await tx.query<Seal & Record<string, unknown>>(selectHead);
      const acts = await tx.query<RecordedAct & Record<string, unknown>>(selectPending, [actsPerTransaction]);
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

  /** Acts without a seal, counted up to 100 000. */
  async pending(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countPending, [maxCounted]);
    return row?.count ?? 0;
  }

  /** When the newest act with a seal was done. */
  async lastSealedAt(): Promise<Date | undefined> {
    const [row] = await this.database.query<{ at: Date }>(selectLastSealed);
    return row?.at;
  }

  async head(): Promise<Seal | undefined> {
    const [row] = await this.database.query<Seal & Record<string, unknown>>(selectHead);
    return row;
  }

  async sealAt(position: number): Promise<Seal | undefined> {
    const [row] = await this.database.query<Seal & Record<string, unknown>>(selectSeal, [position]);
    return row;
  }

  async page(position: number, limit: number): Promise<SealedAct[]> {
    const rows = await this.database.query<PageRow & Record<string, unknown>>(selectPage, [position, limit]);
    return rows.map(({ position, mac, actId, ...act }) => ({ position, mac, actId, act: act.id === null ? null : act }));
  }

  async *pages(position = 0): AsyncGenerator<readonly SealedAct[]> {
    const limit = 1_000;
    for (let last = position; ; ) {
      const page = await this.page(last, limit);
      if (page.length > 0) yield page;
      last = page.at(-1)?.position ?? last;
      if (page.length < limit) return;
    }
  }

  /** Ids of acts without a seal that are older than `ageMs` or from the future. */
  async unsealed(ageMs: number, limit: number): Promise<number[]> {
    // No time limit: it reads both tables completely.
    const rows = await this.database.query<{ id: number }>(selectUnsealed, [ageMs, limit], 0);
    return rows.map(({ id }) => id);
  }
}
