import type { Actor } from '../domain/actor.js';
import {
  type Demand,
  type DemandFilter,
  type DemandKind,
  demandIdOf,
  type NewDemand,
  type Outcome,
  type OutcomeName,
  uuidOfDemandId,
} from '../domain/legal-request.js';
import type { ContentClass } from '../domain/list.js';
import type { PauseReason } from '../domain/regimes/regime.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';

interface DemandRow {
  id: string;
  organisation: string;
  kind: DemandKind;
  regime: string;
  issuer: string;
  issuer_kind: Demand['issuerKind'];
  reference: string;
  about: string;
  request_id: string | null;
  class: Demand['class'];
  priority: boolean;
  obligations: Demand['obligations'];
  received_at: Date;
  deadline_at: Date | null;
  paused_at: Date | null;
  paused_because: PauseReason | null;
  paused_ms: number;
  outcome: OutcomeName | null;
  outcome_reason: string | null;
  closed_at: Date | null;
}

export interface DemandPage {
  readonly organisation: string;
  readonly kind: DemandKind;
  readonly filter?: DemandFilter | undefined;
  /** A public id: what follows it. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** What the time is, for `overdue`. */
  readonly now: number;
}

/** An open demand that says more than "this one image": what its verdict matched. */
export interface Covering extends Pick<Demand, 'organisation' | 'obligations' | 'paused' | 'pausedMs'> {
  /** As verdicts are recorded with them, not as an organisation is shown them. */
  readonly entries: readonly string[];
}

export type DemandCount = { readonly [Kind in DemandKind]: { readonly open: number; readonly overdue: number } };

const columns = `id, organisation, kind, regime, issuer, issuer_kind, reference, about, request_id, class, priority, obligations,
  received_at, deadline_at, paused_at, paused_because, paused_ms, outcome, outcome_reason, closed_at`;

const insertDemand = `
  insert into demand (id, organisation, kind, regime, issuer, issuer_kind, reference, about, request_id, class, priority, obligations,
    received_at, deadline_at, due_at, created_by, entries)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, array(
    select m ->> 'entry' from verdict v, jsonb_array_elements(v.matches) m where v.request_id = $9 and v.organisation = $2)
  on conflict (organisation, kind, issuer, reference) do nothing returning ${columns}`;
const selectSame = 'select id from demand where organisation = $1 and kind = $2 and issuer = $3 and reference = $4';

// Shared with whoever configures the organisation at the same moment: the order goes by what is switched on before or after, not between.
const selectRegimes = 'select regimes from organisation where id = $1 for share';
const selectClass = "select matches -> 0 ->> 'class' as class from verdict where request_id = $1 and organisation = $2";

const selectDemand = `select ${columns} from demand where id = $1 and organisation = $2 and kind = $3`;
const selectForUpdate = `${selectDemand} for update`;

const updateDemand = `
  update demand set paused_at = $2, paused_because = $3, paused_ms = $4::float8,
    due_at = deadline_at + $4::float8 * interval '1 millisecond', outcome = $5, outcome_reason = $6, closed_at = $7,
    closed_by = case when $5::text is null then closed_by else $8 end
  where id = $1 returning ${columns}`;

const selectPage = `
  select ${columns} from demand
  where organisation = $1 and kind = $2 and ($3::uuid is null or id > $3) and case $4::text
    when 'open' then closed_at is null
    when 'closed' then closed_at is not null
    when 'overdue' then closed_at is null and paused_at is null and due_at < $5::timestamptz
    else true end
  order by id limit $6`;

const selectCovering = `
  select organisation, entries, obligations, paused_at, paused_because, paused_ms
  from demand where closed_at is null and entries <> '{}' order by id`;

const selectCounts = `
  select kind, count(*)::int as open, (count(*) filter (where paused_at is null and due_at < $1::timestamptz))::int as overdue
  from demand where closed_at is null group by kind`;

export class DemandStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores what `demandOf` makes of the regimes that the organisation has switched on, and of the class that the verdict of `requestId`
   * told: both as they are in the same transaction. `taken`: the public id of the one with that reference of that issuer.
   */
  create(
    { organisation, requestId }: Pick<NewDemand, 'organisation' | 'requestId'>,
    actor: Actor,
    demandOf: (regimes: readonly string[], matched: ContentClass | null) => NewDemand,
  ): Promise<{ demand: Demand } | { taken: string }> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ regimes: string[] }>(selectRegimes, [organisation]);
      const demand = demandOf(row?.regimes ?? [], await classOf(tx, organisation, requestId));
      const { kind, issuer, reference, regime } = demand;
      const [inserted] = await tx.query<DemandRow>(insertDemand, [...valuesOf(demand), actor.person]);
      if (!inserted) {
        const [same] = await tx.query<{ id: string }>(selectSame, [organisation, kind, issuer, reference]);
        return { taken: demandIdOf(kind, same?.id ?? '') };
      }
      const detail = { regime, class: demand.class, receivedAt: isoOf(demand.receivedAt), deadlineAt: isoOf(demand.deadlineAt) };
      await appendAct(tx, { actor, act: `${kind}.receive`, subject: demand.id, detail });
      return { demand: demandOfRow(inserted) };
    });
  }

  /** Undefined: the organisation has none of that id. */
  async get(organisation: string, kind: DemandKind, id: string): Promise<Demand | undefined> {
    const uuid = uuidOfDemandId(kind, id);
    if (!uuid) return undefined;
    const [row] = await this.database.query<DemandRow>(selectDemand, [uuid, organisation, kind]);
    return row && demandOfRow(row);
  }

  /**
   * Changes an organisation's demand by `change`, under lock: what it throws leaves everything as it was, and of two at once the second
   * sees what the first left. Undefined: there is none of that id.
   */
  change(
    { organisation, kind, id }: Pick<Demand, 'organisation' | 'kind' | 'id'>,
    actor: Actor,
    act: 'pause' | 'resume' | 'close',
    change: (standing: Demand) => Demand,
  ): Promise<Demand | undefined> {
    const uuid = uuidOfDemandId(kind, id);
    if (!uuid) return Promise.resolve(undefined);
    return this.database.transaction(async (tx) => {
      const [standing] = await tx.query<DemandRow>(selectForUpdate, [uuid, organisation, kind]);
      if (!standing) return undefined;
      const { paused, pausedMs, outcome } = change(demandOfRow(standing));
      const ended = [outcome?.outcome ?? null, outcome?.reason ?? null, dateOf(outcome?.at ?? null)];
      const values = [uuid, dateOf(paused?.at ?? null), paused?.reason ?? null, pausedMs, ...ended, actor.person];
      const [row] = await tx.query<DemandRow>(updateDemand, values);
      const reason = outcome?.reason ?? paused?.reason ?? null;
      const detail = { outcome: outcome?.outcome ?? null, reason, pausedMs };
      await appendAct(tx, { actor, act: `${kind}.${act}`, subject: id, detail });
      return row && demandOfRow(row);
    });
  }

  /** Oldest first. */
  async page({ organisation, kind, filter, after, limit, now }: DemandPage): Promise<Demand[]> {
    const uuid = after === undefined ? null : uuidOfDemandId(kind, after);
    const values = [organisation, kind, uuid, filter ?? null, new Date(now), limit];
    return (await this.database.query<DemandRow>(selectPage, values)).map(demandOfRow);
  }

  /** The open ones of all organisations whose verdict is known, oldest first. */
  async covering(): Promise<Covering[]> {
    const rows = await this.database.query<DemandRow & { entries: string[] }>(selectCovering);
    return rows.map((row) => {
      const { organisation, entries, obligations, paused_ms: pausedMs } = row;
      return { organisation, entries, obligations, paused: pausedOf(row), pausedMs };
    });
  }

  /** How many of all organisations wait for an outcome, and how many of those too long. */
  async counts(now: number): Promise<DemandCount> {
    type Row = { kind: DemandKind; open: number; overdue: number };
    const rows = await this.database.query<Row>(selectCounts, [new Date(now)]);
    const countOf = (wanted: DemandKind) => {
      const { open = 0, overdue = 0 } = rows.find(({ kind }) => kind === wanted) ?? {};
      return { open, overdue };
    };
    return { order: countOf('order'), notice: countOf('notice') };
  }
}

async function classOf(tx: Queryable, organisation: string, requestId: string | null): Promise<ContentClass | null> {
  if (requestId === null) return null;
  const [row] = await tx.query<{ class: ContentClass | null }>(selectClass, [requestId, organisation]);
  return row?.class ?? null;
}

function valuesOf(demand: NewDemand): unknown[] {
  const { organisation, kind, regime, issuer, issuerKind, reference, about, requestId, priority, obligations } = demand;
  return [
    uuidOfDemandId(kind, demand.id),
    organisation,
    kind,
    regime,
    issuer,
    issuerKind,
    reference,
    about,
    requestId,
    demand.class,
    priority,
    JSON.stringify(obligations),
    dateOf(demand.receivedAt),
    dateOf(demand.deadlineAt),
  ];
}

function demandOfRow(row: DemandRow): Demand {
  const { kind, regime, issuer, reference, about, priority, obligations } = row;
  return {
    id: demandIdOf(kind, row.id),
    organisation: row.organisation,
    kind,
    regime,
    issuer,
    issuerKind: row.issuer_kind,
    reference,
    about,
    requestId: row.request_id,
    class: row.class,
    priority,
    obligations,
    receivedAt: row.received_at.getTime(),
    deadlineAt: row.deadline_at?.getTime() ?? null,
    paused: pausedOf(row),
    pausedMs: row.paused_ms,
    outcome: outcomeOf(row),
  };
}

function pausedOf({ paused_at: at, paused_because: reason }: Pick<DemandRow, 'paused_at' | 'paused_because'>): Demand['paused'] {
  return at && reason ? { at: at.getTime(), reason } : null;
}

function outcomeOf({ outcome, outcome_reason: reason, closed_at: closedAt }: DemandRow): Outcome | null {
  return outcome && closedAt ? { outcome, reason, at: closedAt.getTime() } : null;
}

function dateOf(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}

function isoOf(at: number | null): string | null {
  return dateOf(at)?.toISOString() ?? null;
}
