import type { Actor } from '../domain/actor.js';
import type { Grant, List, ListPolicy, ProvenanceField } from '../domain/list.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';
import { eraseDeletedLists } from './deleted-lists.js';

interface ListRow {
  id: string;
  title: string;
  class: List['class'];
  action: List['action'];
  pdq_tight: number;
  pdq_wide: number;
  blockhash: number;
  enabled: boolean;
  organisation: string | null;
  open: boolean;
  people_required: number;
  organisations_required: number;
  provenance_required: ProvenanceField[];
  share: number;
  policy: ListPolicy;
  withdrawals_an_hour: number;
  disputes_after: number;
  flood_an_hour: number;
  version: number;
  grants: Grant[];
}

const settings = [
  ...['title', 'class', 'action', 'pdq_tight', 'pdq_wide', 'blockhash', 'enabled', 'organisation', 'open'],
  ...['people_required', 'organisations_required', 'provenance_required', 'share', 'policy'],
  ...['withdrawals_an_hour', 'disputes_after', 'flood_an_hour'],
];
const places = settings.map((_, at) => `$${at + 2}`).join(', ');
const grantsOfList = `coalesce((
  select json_agg(json_build_object('organisation', g.organisation, 'rights', g.rights) order by g.organisation)
  from list_grant g where g.list = l.id), '[]') as grants`;
const columns = `l.id, ${settings.map((name) => `l.${name}`).join(', ')}, l.version`;

const insertList = `insert into hash_list (id, ${settings.join(', ')}) values ($1, ${places}) on conflict (id) do nothing returning id`;
const updateList = `
  update hash_list set (${settings.join(', ')}) = row(${places}), version = version + 1, updated_at = now(),
    proposal = null, proposal_id = null, proposal_person = null, proposal_at = null where id = $1`;
const proposeList = `
  update hash_list set proposal = $2, proposal_id = gen_random_uuid(), proposal_person = $3, proposal_at = now() where id = $1`;
// A deletion is stored as the list with `deleted`, and needs no column of its own.
const selectProposals = `
  select l.id as list, l.proposal - 'deleted' as proposed, l.proposal ? 'deleted' as deletes, l.proposal_id as id,
    l.proposal_person as by, p.organisation, l.proposal_at as at
  from hash_list l left join person p on p.id = l.proposal_person
  where l.proposal is not null and l.deleted_at is null and ($1::text is null or l.id = $1) order by l.proposal_at`;
const declineProposal = `
  update hash_list set proposal = null, proposal_id = null, proposal_person = null, proposal_at = null
  where proposal_id = $1 and deleted_at is null returning id`;
const deleteList = `
  update hash_list set deleted_at = now(), enabled = false, updated_at = now(),
    proposal = null, proposal_id = null, proposal_person = null, proposal_at = null where id = $1`;
// `for update` would also wait for a withdrawal, whose rows refer to the list.
const lockList = 'select id from hash_list where id = $1 and deleted_at is null for no key update';
const selectList = `select ${columns}, ${grantsOfList} from hash_list l where l.id = $1`;
const selectLists = `select ${columns}, ${grantsOfList} from hash_list l where l.deleted_at is null order by l.id`;
const deleteGrants = 'delete from list_grant where list = $1';
const insertGrants = `
  insert into list_grant (list, organisation, rights)
  select $1, g.organisation, g.rights from json_to_recordset($2::json) as g (organisation text, rights text[])`;
const insertVersion = 'insert into list_version (list, version, document, person) values ($1, $2, $3, $4)';
const noteChange = "insert into change (kind, subject) values ('list', $1)";
const selectVersions = `
  select v.document from list_version v join unnest($1::text[], $2::int[]) as w (list, version) on w.list = v.list and w.version = v.version`;
// One more than shown: each is compared with the one before it.
const selectHistory = `
  select v.version, v.document, v.at, v.person, p.organisation from list_version v left join person p on p.id = v.person
  where v.list = $1 and v.version < $2 order by v.version desc limit $3`;

const selectLastChanges = `
  select l.id, greatest(l.updated_at, (select max(e.updated_at) from entry e where e.list = l.id)) as at
  from hash_list l where l.deleted_at is null`;

/** A change that waits for a second operator. */
export interface Proposal<Proposed> {
  readonly id: string;
  readonly proposed: Proposed;
  readonly by: number | null;
  readonly organisation: string | null;
  readonly at: Date;
}

export interface ListProposal extends Proposal<List> {
  readonly list: string;
  /** The list is to be deleted, and `proposed` is the list itself. */
  readonly deletes: boolean;
}

export interface ListVersion {
  readonly version: number;
  readonly document: List;
  readonly at: Date;
  /** Null: the command line during set-up, or a migration. */
  readonly person: number | null;
  readonly organisation: string | null;
}

export class ListStore {
  constructor(private readonly database: Database) {}

  /**
   * `proposed` is a change that a second operator must confirm. Undefined when the id is taken.
   *
   * @throws PostgreSQL 23503 for an unknown organisation.
   */
  create(list: List, actor: Actor, proposed?: List): Promise<List | undefined> {
    return this.database.transaction(async (tx) => {
      const created = await createList(tx, list, actor);
      if (created && proposed) await propose(tx, proposed, actor);
      return created;
    });
  }

  /**
   * If `waits` is true, it only proposes the change and returns the current list. A further change of the same person adds to their
   * proposal. Undefined when there is no such list.
   *
   * @throws PostgreSQL 23503 for an unknown organisation.
   */
  update(
    id: string,
    actor: Actor,
    change: (list: List) => List,
    waits: (from: List, to: List) => boolean = () => false,
  ): Promise<List | undefined> {
    return this.database.transaction(async (tx) => {
      const current = await lock(tx, id);
      if (!current) return undefined;
      const changed = change(current);
      if (waits(current, changed)) {
        const waiting = await proposalOf(tx, id);
        const own = waiting && waiting.by !== null && waiting.by === actor.person;
        await propose(tx, own ? change(waiting.proposed) : changed, actor);
        return current;
      }
      await tx.query(updateList, [id, ...values(changed)]);
      return saveVersion(tx, changed, actor, 'list.update');
    });
  }

  /** A confirmed deletion returns the list as it was. */
  confirm(
    id: string,
    actor: Actor,
    decide: (proposal: ListProposal | undefined, current: List) => ListProposal,
  ): Promise<List | undefined> {
    return this.database.transaction(async (tx) => {
      const current = await lock(tx, id);
      if (!current) return undefined;
      const { proposed, deletes } = decide(await proposalOf(tx, id), current);
      if (deletes) return erase(tx, current, actor);
      await tx.query(updateList, [id, ...values(proposed)]);
      return saveVersion(tx, proposed, actor, 'list.confirm');
    });
  }

  /** Discards a proposal and returns the id of its list; undefined when no such proposal waits. */
  decline(proposal: string, actor: Actor): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      const [declined] = await tx.query<{ id: string }>(declineProposal, [proposal]);
      if (declined) await appendAct(tx, { actor, act: 'list.decline', subject: declined.id, detail: { proposal } });
      return declined?.id;
    });
  }

  /** If `waits` is true, it only proposes the deletion. Undefined when there is no such list. */
  delete(id: string, actor: Actor, check: (list: List) => void, waits = false): Promise<List | undefined> {
    return this.database.transaction(async (tx) => {
      const current = await lock(tx, id);
      if (!current) return undefined;
      check(current);
      if (!waits) return erase(tx, current, actor);
      await tx.query(proposeList, [id, JSON.stringify({ ...current, deleted: true }), actor.person]);
      await appendAct(tx, { actor, act: 'list.propose', subject: id, detail: { deleted: true } });
      return current;
    });
  }

  /** Oldest first. */
  proposals(): Promise<ListProposal[]> {
    return this.database.query<ListProposal & Record<string, unknown>>(selectProposals, [null]);
  }

  async all(): Promise<List[]> {
    return (await this.database.query<ListRow>(selectLists)).map(listOf);
  }

  async versions(wanted: readonly { list: string; version: number }[]): Promise<List[]> {
    const parameters = [wanted.map(({ list }) => list), wanted.map(({ version }) => version)];
    return (await this.database.query<{ document: List }>(selectVersions, parameters)).map(({ document }) => document);
  }

  /** Newest first, below version `before`. */
  history(id: string, before: number, limit: number): Promise<ListVersion[]> {
    return this.database.query<ListVersion & Record<string, unknown>>(selectHistory, [id, before, limit]);
  }

  /** When each list or one of its entries last changed. */
  async stamps(): Promise<ReadonlyMap<string, Date>> {
    const rows = await this.database.query<{ id: string; at: Date }>(selectLastChanges);
    return new Map(rows.map(({ id, at }) => [id, at]));
  }
}

/** Undefined when the id is taken. @throws PostgreSQL 23503 for an unknown organisation. */
export async function createList(tx: Queryable, list: List, actor: Actor): Promise<List | undefined> {
  const [inserted] = await tx.query(insertList, [list.id, ...values(list)]);
  return inserted && saveVersion(tx, list, actor, 'list.create');
}

/** Whether it is enabled or not, unless `check` throws. Undefined when there is no such list. */
export async function eraseList(tx: Queryable, id: string, actor: Actor, check: (list: List) => void): Promise<List | undefined> {
  const current = await lock(tx, id);
  if (!current) return undefined;
  check(current);
  return erase(tx, current, actor);
}

async function lock(tx: Queryable, id: string): Promise<List | undefined> {
  const [locked] = await tx.query(lockList, [id]);
  return locked && read(tx, id);
}

async function proposalOf(tx: Queryable, id: string): Promise<ListProposal | undefined> {
  const [proposal] = await tx.query<ListProposal & Record<string, unknown>>(selectProposals, [id]);
  return proposal;
}

async function erase(tx: Queryable, list: List, actor: Actor): Promise<List> {
  await tx.query(deleteList, [list.id]);
  await tx.query(noteChange, [list.id]);
  await appendAct(tx, { actor, act: 'list.delete', subject: list.id, detail: {} });
  // The rest of a large list leaves by the job `erase_deleted_lists`.
  await eraseDeletedLists(tx, actor);
  return list;
}

async function propose(tx: Queryable, list: List, actor: Actor): Promise<void> {
  await tx.query(proposeList, [list.id, JSON.stringify(list), actor.person]);
  await appendAct(tx, { actor, act: 'list.propose', subject: list.id, detail: { ...list } });
}

async function read(tx: Queryable, id: string): Promise<List> {
  const [row] = await tx.query<ListRow>(selectList, [id]);
  if (!row) throw new Error(`list ${id} disappeared inside its own transaction`);
  return listOf(row);
}

async function saveVersion(tx: Queryable, { id, grants }: List, actor: Actor, act: string): Promise<List> {
  await tx.query(deleteGrants, [id]);
  await tx.query(insertGrants, [id, JSON.stringify(grants)]);
  const list = await read(tx, id);
  await tx.query(insertVersion, [id, list.version, JSON.stringify(list), actor.person]);
  await tx.query(noteChange, [id]);
  await appendAct(tx, { actor, act, subject: id, detail: { ...list } });
  return list;
}

function values(list: List): unknown[] {
  const { title, class: contentClass, action, thresholds, enabled, organisation, open, verification, limits } = list;
  const matching = [title, contentClass, action, thresholds.pdq.tight, thresholds.pdq.wide, thresholds.blockhash, enabled];
  const control = [
    verification.people,
    verification.organisations,
    list.provenanceRequired,
    list.share,
    JSON.stringify(list.policy),
  ];
  return [...matching, organisation, open, ...control, limits.withdrawalsAnHour, limits.disputesAfter, limits.floodAnHour];
}

function listOf(row: ListRow): List {
  const { id, title, action, enabled, organisation, open, grants, share, policy, version } = row;
  return {
    id,
    title,
    class: row.class,
    action,
    thresholds: { pdq: { tight: row.pdq_tight, wide: row.pdq_wide }, blockhash: row.blockhash },
    enabled,
    organisation,
    open,
    grants,
    verification: { people: row.people_required, organisations: row.organisations_required },
    provenanceRequired: row.provenance_required,
    share,
    policy,
    limits: { withdrawalsAnHour: row.withdrawals_an_hour, disputesAfter: row.disputes_after, floodAnHour: row.flood_an_hour },
    version,
  };
}
