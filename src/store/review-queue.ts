import type { Entry } from '../domain/entry.js';
import type { Lease } from '../domain/lease.js';
import type { ContentClass } from '../domain/list.js';
import type { WaitingStatus } from '../domain/review-queue.js';
import type { Database } from './database.js';
import { type EntryRow, entryColumns, entryOf } from './entry-rows.js';

export interface QueueFilter {
  readonly lists: readonly string[];
  readonly statuses: readonly WaitingStatus[];
  readonly class?: ContentClass | undefined;
  readonly series?: string | undefined;
  /** That enrolled the entry. */
  readonly organisation?: string | undefined;
  /** Who asks. */
  readonly person: number;
  /** Leaves out their own work, what they have confirmed, and what others hold a lease on. */
  readonly onlyConfirmable: boolean;
}

export interface QueueLimits {
  readonly limit: number;
  /** Of the total. */
  readonly maximum: number;
}

export interface QueuePlace {
  readonly since: Date;
  /** A UUID. */
  readonly entry: string;
}

export interface QueuedEntry {
  readonly entry: Entry;
  readonly waitingSince: Date;
  readonly ownWork: boolean;
  readonly confirmedByMe: boolean;
  readonly lease: Lease | null;
}

interface QueueRow extends EntryRow {
  status_since: Date;
  own_work: boolean;
  confirmed: boolean;
  lease_person: number | null;
  lease_organisation: string;
  lease_until: Date;
}

// $1-$7: lists, statuses, class, series, organisation, person, only what the person could confirm.
// `limit 1` keeps the planner from reading all claims, confirmations and leases of a person into a hash table.
const isAuthor = (entry: string, person: string) => `coalesce(${entry}.person = ${person}
  or (select true from claim c where c.entry = ${entry}.id and c.person = ${person} limit 1), false)`;
const hasConfirmed = (entry: string, person: string) =>
  `coalesce((select true from confirmation k where k.entry = ${entry}.id and k.person = ${person} limit 1), false)`;
// The first condition on the status is the second one in the words of the partial index.
const waiting = `
  w.list = part.list and w.status in ('draft', 'disputed', 'quarantined') and w.status = part.status
  and ($3::text is null or w.class = $3) and ($4::text is null or w.series collate "C" = $4) and ($5::text is null or w.organisation = $5)
  and (not $7 or (w.person is distinct from $6 and not ${isAuthor('w', '$6')} and not ${hasConfirmed('w', '$6')}
    and (select true from entry_lease s where s.entry = w.id and s.person <> $6 and s.until > now() limit 1) is null))`;
// Each list and status gives its own first rows, so that the index sorts and a page reads no more than it shows.
const parts = 'unnest($1::text[]) as l (list) cross join unnest($2::text[]) as s (status)';
const selectPlaces = `
  select first.id from (select l.list, s.status from ${parts}) part cross join lateral (
    select w.id, w.status_since from entry w where ${waiting} and (w.status_since, w.id) > ($8, $9)
    order by w.status_since, w.id limit $10) first
  order by first.status_since, first.id limit $10`;
const selectExtent = `
  select least(count(*), $8)::int as total, min(first.status_since) as oldest
  from (select l.list, s.status from ${parts}) part cross join lateral (
    select w.status_since from entry w where ${waiting} order by w.status_since, w.id limit $8) first`;
// A statement of its own: beside the costs of the first, the planner takes a scan of all entries for cheap.
const selectQueued = `
  select ${entryColumns}, e.status_since, ${isAuthor('e', '$2')} as own_work, ${hasConfirmed('e', '$2')} as confirmed,
    s.person as lease_person, s.organisation as lease_organisation, s.until as lease_until
  from entry e join hash_list l on l.id = e.list left join entry_lease s on s.entry = e.id and s.until > now()
  where e.id = any($1::uuid[]) order by e.status_since, e.id`;
// The estimated costs are far above the true ones. PostgreSQL would compile the statement for a second, and run it for some milliseconds.
const neverCompile = 'set local jit = off';
const oneSnapshot = 'begin isolation level repeatable read read only';

const beginning = ['-infinity', '00000000-0000-0000-0000-000000000000'];

export interface QueueRead {
  /** Oldest first. */
  readonly queued: readonly QueuedEntry[];
  /** Of all pages. It ends at `maximum`. */
  readonly total: number;
  readonly oldest: Date | null;
}

export class ReviewQueueStore {
  constructor(private readonly database: Database) {}

  read(filter: QueueFilter, after: QueuePlace | undefined, { limit, maximum }: QueueLimits): Promise<QueueRead> {
    const parameters = parametersOf(filter);
    const place = after ? [after.since, after.entry] : beginning;
    return this.database.transaction(async (tx) => {
      await tx.query(neverCompile);
      const found = await tx.query<{ id: string }>(selectPlaces, [...parameters, ...place, limit]);
      const rows = await tx.query<QueueRow>(selectQueued, [found.map(({ id }) => id), filter.person]);
      const [extent] = await tx.query<{ total: number; oldest: Date | null }>(selectExtent, [...parameters, maximum]);
      return { queued: rows.map(queuedOf), total: extent?.total ?? 0, oldest: extent?.oldest ?? null };
    }, oneSnapshot);
  }

  /** Whatever its status. */
  async one(uuid: string, person: number): Promise<QueuedEntry | undefined> {
    const [row] = await this.database.query<QueueRow>(selectQueued, [[uuid], person]);
    return row && queuedOf(row);
  }
}

function parametersOf(filter: QueueFilter): unknown[] {
  const { lists, statuses, series, organisation, person, onlyConfirmable } = filter;
  return [lists, statuses, filter.class ?? null, series ?? null, organisation ?? null, person, onlyConfirmable];
}

function queuedOf(row: QueueRow): QueuedEntry {
  const { lease_person: person, lease_organisation: organisation, lease_until: until } = row;
  return {
    entry: entryOf(row),
    waitingSince: row.status_since,
    ownWork: row.own_work,
    confirmedByMe: row.confirmed,
    lease: person === null ? null : { person, organisation, until },
  };
}
