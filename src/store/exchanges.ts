import type { Actor } from '../domain/actor.js';
import type { ExchangeKind, ExchangeSettings, StoredExchange } from '../domain/exchange.js';
import { appendAct } from './audit.js';
import type { Database } from './database.js';
import { sqlState } from './database-errors.js';

interface ExchangeRow {
  id: string;
  kind: ExchangeKind;
  list: string;
  organisation: string | null;
  person: number | null;
  base_url: string;
  credentials: Uint8Array;
  options: Record<string, string>;
  every_seconds: number;
  enabled: boolean;
  checkpoint: StoredExchange['checkpoint'];
  generation: number;
  checkpoint_at: Date | null;
  tried_at: Date | null;
  succeeded_at: Date | null;
  next_at: Date;
  failures: number;
  fault: string | null;
  error: string | null;
  fetched: number;
  withdrawn: number;
  refused: number;
  errors: number;
}

export interface EnabledExchange {
  readonly id: string;
  readonly failures: number;
  readonly isDue: boolean;
  /** Since the last success, or since it was created. */
  readonly silentSeconds: number;
}

const columns = `
  id, kind, list, organisation, person, base_url, credentials, options, every_seconds, enabled, checkpoint, generation::float8 as generation, checkpoint_at,
  tried_at, succeeded_at, next_at, failures, fault, error, fetched::float8 as fetched, withdrawn::float8 as withdrawn,
  refused::float8 as refused, errors::float8 as errors`;
const insert = `
  insert into exchange (id, kind, list, base_url, options, every_seconds, enabled, credentials, organisation, person)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
const selectOne = `select ${columns} from exchange where id = $1`;
const selectAll = `select ${columns} from exchange where list = any($1) order by id`;
const selectEnabled = `
  select ${columns}, next_at <= now() as due, extract(epoch from now() - coalesce(succeeded_at, made_at))::float8 as silent
  from exchange where enabled order by next_at`;
// Changed settings are tried at once, and what is fetched with the old ones is dropped.
const update = `
  update exchange set base_url = $2, options = $3, every_seconds = $4, enabled = $5, credentials = coalesce($6, credentials),
    checkpoint = case when $7 then null else checkpoint end, generation = nextval('exchange_generation'), next_at = now(), failures = 0
  where id = $1 returning id`;
const hasten = 'update exchange set next_at = now() where id = $1 returning id';
const deleteOne = 'delete from exchange where id = $1 returning id';
const begin = 'update exchange set tried_at = now() where id = $1 returning extract(epoch from now())::float8 * 1000 as now';
const moveCheckpoint = `
  update exchange set checkpoint = $3, checkpoint_at = now(), generation = nextval('exchange_generation') where id = $1 and generation = $2
  returning generation::float8 as generation`;
const keepCheckpoint =
  'update exchange set checkpoint_at = now() where id = $1 and generation = $2 returning generation::float8 as generation';
const count = `
  update exchange set fetched = fetched + $2, withdrawn = withdrawn + $3, refused = refused + $4 where id = $1`;
const succeed = `
  update exchange set succeeded_at = now(), failures = 0, fault = null, error = null, 
    next_at = case when next_at > tried_at then next_at else now() + every_seconds * interval '1 second' end
  where id = $1`;
const fail = `
  update exchange set failures = failures + 1, errors = errors + 1, fault = $2, error = $3, next_at = now() + $4 * interval '1 millisecond'
  where id = $1`;

const uniqueViolation = '23505';

export class ExchangeStore {
  constructor(private readonly database: Database) {}

  /**
   * False: the id is taken.
   *
   * @param claimant whose claims its records become
   */
  async create(
    settings: ExchangeSettings,
    credentials: Uint8Array,
    actor: Actor,
    claimant: Pick<Actor, 'organisation' | 'person'>,
  ): Promise<boolean> {
    const { id, kind, list, baseUrl, options, everySeconds, enabled } = settings;
    try {
      await this.database.transaction(async (tx) => {
        await tx.query(insert, [
          ...[id, kind, list, baseUrl, JSON.stringify(options), everySeconds, enabled, Buffer.from(credentials)],
          ...[claimant.organisation, claimant.person],
        ]);
        await appendAct(tx, { actor, act: 'exchange.create', subject: id, detail: shown(settings) });
      });
      return true;
    } catch (error) {
      if (sqlState(error) === uniqueViolation) return false;
      throw error;
    }
  }

  async get(id: string): Promise<StoredExchange | undefined> {
    const [row] = await this.database.query<ExchangeRow>(selectOne, [id]);
    return row && exchangeOf(row);
  }

  async ofLists(lists: readonly string[]): Promise<StoredExchange[]> {
    return (await this.database.query<ExchangeRow>(selectAll, [lists])).map(exchangeOf);
  }

  /** Those that are switched on, the one that is due first at the head. */
  async enabled(): Promise<EnabledExchange[]> {
    const rows = await this.database.query<ExchangeRow & { due: boolean; silent: number }>(selectEnabled);
    return rows.map(({ id, failures, due, silent }) => ({ id, failures, isDue: due, silentSeconds: silent }));
  }

  /**
   * @param credentials undefined: as they are
   * @param startsOver true: fetch everything again
   */
  async change(
    settings: ExchangeSettings,
    credentials: Uint8Array | undefined,
    startsOver: boolean,
    actor: Actor,
  ): Promise<boolean> {
    const { id, baseUrl, options, everySeconds, enabled } = settings;
    const sealed = credentials ? Buffer.from(credentials) : null;
    return this.database.transaction(async (tx) => {
      const values = [id, baseUrl, JSON.stringify(options), everySeconds, enabled, sealed, startsOver];
      if ((await tx.query(update, values)).length === 0) return false;
      const detail = { ...shown(settings), newCredentials: credentials !== undefined, startsOver };
      await appendAct(tx, { actor, act: 'exchange.change', subject: id, detail });
      return true;
    });
  }

  /** Its entries stay. */
  async delete(id: string, actor: Actor): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if ((await tx.query(deleteOne, [id])).length === 0) return false;
      await appendAct(tx, { actor, act: 'exchange.delete', subject: id, detail: {} });
      return true;
    });
  }

  async hasten(id: string): Promise<void> {
    await this.database.query(hasten, [id]);
  }

  /** The time of the database, in ms since 1970; undefined: the exchange is gone. */
  async begin(id: string): Promise<number | undefined> {
    return (await this.database.query<{ now: number }>(begin, [id]))[0]?.now;
  }

  /**
   * The range held nothing. Undefined: the exchange was changed, or fetched by another node.
   *
   * @returns the generation from now on
   */
  async moveCheckpoint(
    { id, generation, checkpoint: before }: StoredExchange,
    checkpoint: StoredExchange['checkpoint'],
  ): Promise<number | undefined> {
    const same = JSON.stringify(before) === JSON.stringify(checkpoint);
    const [row] = same
      ? await this.database.query<{ generation: number }>(keepCheckpoint, [id, generation])
      : await this.database.query<{ generation: number }>(moveCheckpoint, [id, generation, JSON.stringify(checkpoint)]);
    return row?.generation;
  }

  async count(
    id: string,
    counts: { readonly fetched: number; readonly withdrawn: number; readonly refused: number },
  ): Promise<void> {
    await this.database.query(count, [id, counts.fetched, counts.withdrawn, counts.refused]);
  }

  async succeed(id: string): Promise<void> {
    await this.database.query(succeed, [id]);
  }

  /** @param pauseMs until the next attempt */
  async fail(id: string, fault: string, error: string, pauseMs: number): Promise<void> {
    await this.database.query(fail, [id, fault, error, pauseMs]);
  }
}

function shown({ kind, list, baseUrl, options, everySeconds, enabled }: ExchangeSettings): Record<string, unknown> {
  return { kind, list, baseUrl, options, everySeconds, enabled };
}

function exchangeOf(row: ExchangeRow): StoredExchange {
  const { id, kind, list, organisation, person, credentials, options, enabled, checkpoint, generation } = row;
  const { failures, fault, error, fetched, withdrawn, refused, errors } = row;
  return {
    ...{ id, kind, list, organisation, person, credentials, options, enabled, checkpoint, generation },
    ...{ failures, fault, error, fetched, withdrawn, refused, errors },
    baseUrl: row.base_url,
    everySeconds: row.every_seconds,
    checkpointAt: row.checkpoint_at?.toISOString() ?? null,
    triedAt: row.tried_at?.toISOString() ?? null,
    succeededAt: row.succeeded_at?.toISOString() ?? null,
    nextAt: row.next_at.toISOString(),
  };
}
