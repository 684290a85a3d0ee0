import type { Actor } from '../domain/actor.js';
import {
  type LegalRequest,
  type LegalRequestFilter,
  type LegalRequestKind,
  legalRequestIdOf,
  type NewLegalRequest,
  type Outcome,
  type OutcomeName,
  uuidOfLegalRequestId,
} from '../domain/legal-request.js';
import type { ContentClass } from '../domain/list.js';
import type { PauseReason } from '../domain/regimes/regime.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';
import { storedObligation } from './obligation-json.js';

interface LegalRequestRow {
  id: string;
  organisation: string;
  kind: LegalRequestKind;
  regime: string;
  issuer: string;
  issuer_kind: LegalRequest['issuerKind'];
  reference: string;
  about: string;
  request_id: string | null;
  class: LegalRequest['class'];
  priority: boolean;
  obligations: LegalRequest['obligations'];
  received_at: Date;
  deadline_at: Date | null;
  paused_at: Date | null;
  paused_because: PauseReason | null;
  paused_ms: number;
  outcome: OutcomeName | null;
  outcome_reason: string | null;
  closed_at: Date | null;
}

export interface LegalRequestPage {
  readonly organisation: string;
  readonly kind: LegalRequestKind;
  readonly filter?: LegalRequestFilter | undefined;
  /** A public id: the page starts after it. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly now: number;
}

/** An open legal request. It covers every copy that matches the same entries. */
export interface Covering extends Pick<LegalRequest, 'organisation' | 'obligations' | 'paused' | 'pausedMs'> {
  /** Entry ids, not the pseudonyms that an organisation sees. */
  readonly entries: readonly string[];
}

export type LegalRequestCount = { readonly [Kind in LegalRequestKind]: { readonly open: number; readonly overdue: number } };

const columns = `id, organisation, kind, regime, issuer, issuer_kind, reference, about, request_id, class, priority, obligations,
  received_at, deadline_at, paused_at, paused_because, paused_ms, outcome, outcome_reason, closed_at`;

const insertLegalRequest = `
  insert into demand (id, organisation, kind, regime, issuer, issuer_kind, reference, about, request_id, class, priority, obligations,
    received_at, deadline_at, due_at, created_by, entries)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, array(
    select m ->> 'entry' from verdict v, jsonb_array_elements(v.matches) m where v.request_id = $9 and v.organisation = $2)
  on conflict (organisation, kind, issuer, reference) do nothing returning ${columns}`;
const selectSame = 'select id from demand where organisation = $1 and kind = $2 and issuer = $3 and reference = $4';

// Waits for a concurrent change of the organisation's settings.
const selectRegimes = 'select regimes from organisation where id = $1 for share';
const selectClass = "select matches -> 0 ->> 'class' as class from verdict where request_id = $1 and organisation = $2";

const selectLegalRequest = `select ${columns} from demand where id = $1 and organisation = $2 and kind = $3`;
const selectForUpdate = `${selectLegalRequest} for update`;

const updateLegalRequest = `
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

export class LegalRequestStore {
  constructor(private readonly database: Database) {}

  /**
   * `matched` is the class in the verdict of `requestId`. `taken` is the public id of a request with the same reference of the same
   * issuer.
   */
  create(
    { organisation, requestId }: Pick<NewLegalRequest, 'organisation' | 'requestId'>,
    actor: Actor,
    legalRequestOf: (regimes: readonly string[], matched: ContentClass | null) => NewLegalRequest,
  ): Promise<{ legalRequest: LegalRequest } | { taken: string }> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ regimes: string[] }>(selectRegimes, [organisation]);
      const legalRequest = legalRequestOf(row?.regimes ?? [], await classOf(tx, organisation, requestId));
      const { kind, issuer, reference, regime } = legalRequest;
      const [inserted] = await tx.query<LegalRequestRow>(insertLegalRequest, [...valuesOf(legalRequest), actor.person]);
      if (!inserted) {
        const [same] = await tx.query<{ id: string }>(selectSame, [organisation, kind, issuer, reference]);
        return { taken: legalRequestIdOf(kind, same?.id ?? '') };
      }
      const detail = {
        regime,
        class: legalRequest.class,
        receivedAt: isoOf(legalRequest.receivedAt),
        deadlineAt: isoOf(legalRequest.deadlineAt),
      };
      await appendAct(tx, { actor, act: `${kind}.receive`, subject: legalRequest.id, detail });
      return { legalRequest: legalRequestOfRow(inserted) };
    });
  }

  /** Undefined when the organisation has no such legal request. */
  async get(organisation: string, kind: LegalRequestKind, id: string): Promise<LegalRequest | undefined> {
    const uuid = uuidOfLegalRequestId(kind, id);
    if (!uuid) return undefined;
    const [row] = await this.database.query<LegalRequestRow>(selectLegalRequest, [uuid, organisation, kind]);
    return row && legalRequestOfRow(row);
  }

  /** Undefined when the organisation has no such legal request. */
  change(
    { organisation, kind, id }: Pick<LegalRequest, 'organisation' | 'kind' | 'id'>,
    actor: Actor,
    act: 'pause' | 'resume' | 'close',
    change: (current: LegalRequest) => LegalRequest,
  ): Promise<LegalRequest | undefined> {
    const uuid = uuidOfLegalRequestId(kind, id);
    if (!uuid) return Promise.resolve(undefined);
    return this.database.transaction(async (tx) => {
      const [current] = await tx.query<LegalRequestRow>(selectForUpdate, [uuid, organisation, kind]);
      if (!current) return undefined;
      const { paused, pausedMs, outcome } = change(legalRequestOfRow(current));
      const ended = [outcome?.outcome ?? null, outcome?.reason ?? null, dateOf(outcome?.at ?? null)];
      const values = [uuid, dateOf(paused?.at ?? null), paused?.reason ?? null, pausedMs, ...ended, actor.person];
      const [row] = await tx.query<LegalRequestRow>(updateLegalRequest, values);
      const reason = outcome?.reason ?? paused?.reason ?? null;
      const detail = { outcome: outcome?.outcome ?? null, reason, pausedMs };
      await appendAct(tx, { actor, act: `${kind}.${act}`, subject: id, detail });
      return row && legalRequestOfRow(row);
    });
  }

  /** Oldest first. */
  async page({ organisation, kind, filter, after, limit, now }: LegalRequestPage): Promise<LegalRequest[]> {
    const uuid = after === undefined ? null : uuidOfLegalRequestId(kind, after);
    const values = [organisation, kind, uuid, filter ?? null, new Date(now), limit];
    return (await this.database.query<LegalRequestRow>(selectPage, values)).map(legalRequestOfRow);
  }

  /** Of all organisations, oldest first. */
  async covering(): Promise<Covering[]> {
    const rows = await this.database.query<LegalRequestRow & { entries: string[] }>(selectCovering);
    return rows.map((row) => {
      const { organisation, entries, paused_ms: pausedMs } = row;
      const obligations = row.obligations.map(storedObligation);
      return { organisation, entries, obligations, paused: pausedOf(row), pausedMs };
    });
  }

  async counts(now: number): Promise<LegalRequestCount> {
    type Row = { kind: LegalRequestKind; open: number; overdue: number };
    const rows = await this.database.query<Row>(selectCounts, [new Date(now)]);
    const countOf = (wanted: LegalRequestKind) => {
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

function valuesOf(legalRequest: NewLegalRequest): unknown[] {
  const { organisation, kind, regime, issuer, issuerKind, reference, about, requestId, priority, obligations } = legalRequest;
  return [
    uuidOfLegalRequestId(kind, legalRequest.id),
    organisation,
    kind,
    regime,
    issuer,
    issuerKind,
    reference,
    about,
    requestId,
    legalRequest.class,
    priority,
    JSON.stringify(obligations),
    dateOf(legalRequest.receivedAt),
    dateOf(legalRequest.deadlineAt),
  ];
}

function legalRequestOfRow(row: LegalRequestRow): LegalRequest {
  const { kind, regime, issuer, reference, about, priority } = row;
  return {
    id: legalRequestIdOf(kind, row.id),
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
    obligations: row.obligations.map(storedObligation),
    receivedAt: row.received_at.getTime(),
    deadlineAt: row.deadline_at?.getTime() ?? null,
    paused: pausedOf(row),
    pausedMs: row.paused_ms,
    outcome: outcomeOf(row),
  };
}

function pausedOf({
  paused_at: at,
  paused_because: reason,
}: Pick<LegalRequestRow, 'paused_at' | 'paused_because'>): LegalRequest['paused'] {
  return at && reason ? { at: at.getTime(), reason } : null;
}

function outcomeOf({ outcome, outcome_reason: reason, closed_at: closedAt }: LegalRequestRow): Outcome | null {
  return outcome && closedAt ? { outcome, reason, at: closedAt.getTime() } : null;
}

function dateOf(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}

function isoOf(at: number | null): string | null {
  return dateOf(at)?.toISOString() ?? null;
}
