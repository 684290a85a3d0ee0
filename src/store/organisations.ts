import type { Actor } from '../domain/actor.js';
import { type NewOrganisation, type Organisation, type OrganisationSettings, spellingOf } from '../domain/organisation.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';
import type { Proposal } from './lists.js';

interface OrganisationRow extends NewOrganisation {
  regimes: string[];
  verdict_days: number;
  query_hours: number;
  tells: Organisation['tells'];
  contact: string | null;
  shares_feedback: boolean;
  fetches_from: string[];
  confirmed_at: Date | null;
  created_by: number | null;
  version: number;
}

const columns =
  'id, name, kind, regimes, verdict_days, query_hours, tells, contact, shares_feedback, fetches_from, confirmed_at, created_by, version';

const insertOrganisation = `
  insert into organisation (id, name, kind, spelling, created_by, confirmed_at)
  values ($1, $2, $3, $4, $5, case when $6 then now() end)
  on conflict do nothing returning ${columns}`;
const selectSame = 'select id from organisation where id = $1 or spelling = $2 order by id = $1 desc limit 1';
const selectOrganisation = `select ${columns} from organisation where id = $1`;
const selectForUpdate = `select ${columns} from organisation where id = $1 for update`;
const confirmOrganisation = `
  update organisation set confirmed_at = now(), confirmed_by = $2 where id = $1 returning ${columns}`;
const updateSettings = `
  update organisation set regimes = $2, verdict_days = $3, query_hours = $4, tells = $5, contact = $6, shares_feedback = $7,
    fetches_from = $8,
    version = version + 1, proposal = null, proposal_id = null, proposal_person = null, proposal_at = null
  where id = $1 returning ${columns}`;
const proposeSettings = `
  update organisation set proposal = $2, proposal_id = gen_random_uuid(), proposal_person = $3, proposal_at = now() where id = $1`;
const selectProposals = `
  select o.id as of, o.proposal as proposed, o.proposal_id as id, o.proposal_person as by, p.organisation, o.proposal_at as at
  from organisation o left join person p on p.id = o.proposal_person
  where o.proposal is not null and ($1::text is null or o.id = $1) order by o.proposal_at`;
const declineProposal = `
  update organisation set proposal = null, proposal_id = null, proposal_person = null, proposal_at = null
  where proposal_id = $1 returning id`;
const deleteQueries = 'delete from recent_query where organisation = $1';
const shortenQueries = `
  update recent_query set gone_at = asked_at + $2 * interval '1 hour'
  where organisation = $1 and gone_at > asked_at + $2 * interval '1 hour'`;
const noteChange = "insert into change (kind, subject) values ('organisation', $1)";
const selectOrganisations = `select ${columns} from organisation order by id`;

type SettingsProposal = Proposal<OrganisationSettings> & { readonly of: string };

export interface StoredOrganisation {
  readonly organisation: Organisation;
  readonly createdBy: number | null;
}

export class OrganisationStore {
  constructor(private readonly database: Database) {}

  /**
   * `confirmed`: the organisation is active at once. `taken`: the id of an organisation with the same id, or with the same name in
   * another spelling.
   */
  create(given: NewOrganisation, actor: Actor, confirmed: boolean): Promise<{ organisation: Organisation } | { taken: string }> {
    const { id, name, kind } = given;
    const spelling = spellingOf(name);
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<OrganisationRow>(insertOrganisation, [id, name, kind, spelling, actor.person, confirmed]);
      if (!row) {
        const [same] = await tx.query<{ id: string }>(selectSame, [id, spelling]);
        return { taken: same?.id ?? id };
      }
      return { organisation: await saved(tx, row, actor, 'organisation.create', { name, kind, confirmed }) };
    });
  }

  confirm(id: string, actor: Actor, check: (current: StoredOrganisation) => void): Promise<Organisation | undefined> {
    return this.change(id, async (tx, current) => {
      check(current);
      const [row] = await tx.query<OrganisationRow>(confirmOrganisation, [id, actor.person]);
      return row && saved(tx, row, actor, 'organisation.confirm', {});
    });
  }

  /**
   * If `waits` is true, it only proposes the change and returns the current settings. A further change of the same person adds to their
   * proposal. Undefined when there is no such organisation.
   */
  configure(
    id: string,
    actor: Actor,
    change: (organisation: OrganisationSettings, version: number) => OrganisationSettings,
    waits: (from: OrganisationSettings, to: OrganisationSettings) => boolean = () => false,
  ): Promise<Organisation | undefined> {
    return this.change(id, async (tx, { organisation }) => {
      const { version } = organisation;
      const changed = change(organisation, version);
      if (!waits(organisation, changed)) return applySettings(tx, organisation, changed, actor, 'organisation.configure');
      const waiting = await proposalOf(tx, id);
      const own = waiting && waiting.by !== null && waiting.by === actor.person;
      const proposed = own ? change({ ...organisation, ...waiting.proposed }, version) : changed;
      await tx.query(proposeSettings, [id, JSON.stringify(settingsOf(proposed)), actor.person]);
      await appendAct(tx, { actor, act: 'organisation.propose', subject: id, detail: auditedOf(proposed) });
      return organisation;
    });
  }

  confirmSettings(
    id: string,
    actor: Actor,
    decide: (proposal: Proposal<OrganisationSettings> | undefined) => OrganisationSettings,
  ): Promise<Organisation | undefined> {
    return this.change(id, async (tx, { organisation }) =>
      // An older version proposes fewer settings.
      applySettings(
        tx,
        organisation,
        { ...organisation, ...decide(await proposalOf(tx, id)) },
        actor,
        'organisation.confirm_settings',
      ),
    );
  }

  /** Discards a proposal and returns the id of its organisation; undefined when no such proposal waits. */
  decline(proposal: string, actor: Actor): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      const [declined] = await tx.query<{ id: string }>(declineProposal, [proposal]);
      if (declined) await appendAct(tx, { actor, act: 'organisation.decline', subject: declined.id, detail: { proposal } });
      return declined?.id;
    });
  }

  /** Oldest first. */
  proposals(): Promise<SettingsProposal[]> {
    return this.database.query<SettingsProposal & Record<string, unknown>>(selectProposals, [null]);
  }

  /** Undefined when there is no such organisation. */
  async get(id: string): Promise<Organisation | undefined> {
    const [row] = await this.database.query<OrganisationRow>(selectOrganisation, [id]);
    return row && organisationOf(row);
  }

  async all(): Promise<Organisation[]> {
    return (await this.database.query<OrganisationRow>(selectOrganisations)).map(organisationOf);
  }

  private change<Result>(
    id: string,
    work: (tx: Queryable, current: StoredOrganisation) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<OrganisationRow>(selectForUpdate, [id]);
      return row && work(tx, { organisation: organisationOf(row), createdBy: row.created_by });
    });
  }
}

async function proposalOf(tx: Queryable, id: string): Promise<SettingsProposal | undefined> {
  const [proposal] = await tx.query<SettingsProposal & Record<string, unknown>>(selectProposals, [id]);
  return proposal;
}

function settingsOf(settings: OrganisationSettings) {
  const { regimes, verdictDays, queryHours, tells, contact, sharesFeedback, fetchesFrom } = settings;
  return { regimes, verdictDays, queryHours, tells, contact, sharesFeedback, fetchesFrom };
}

/** The contact may be a person's address, and nobody can delete it from the audit log. */
function auditedOf(settings: OrganisationSettings) {
  return { ...settingsOf(settings), contact: settings.contact !== null };
}

async function applySettings(
  tx: Queryable,
  { id, queryHours: before }: Organisation,
  changed: OrganisationSettings,
  actor: Actor,
  act: string,
): Promise<Organisation | undefined> {
  const { regimes, verdictDays, queryHours, tells, contact, sharesFeedback, fetchesFrom } = changed;
  const values = [id, regimes, verdictDays, queryHours, tells, contact, sharesFeedback, fetchesFrom];
  const [row] = await tx.query<OrganisationRow>(updateSettings, values);
  if (queryHours === 0) await tx.query(deleteQueries, [id]);
  else if (queryHours < before) await tx.query(shortenQueries, [id, queryHours]);
  return row && saved(tx, row, actor, act, auditedOf(changed));
}

async function saved(
  tx: Queryable,
  row: OrganisationRow,
  actor: Actor,
  act: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<Organisation> {
  await tx.query(noteChange, [row.id]);
  await appendAct(tx, { actor, act, subject: row.id, detail });
  return organisationOf(row);
}

function organisationOf({ id, name, kind, ...row }: OrganisationRow): Organisation {
  return {
    id,
    name,
    kind,
    regimes: row.regimes,
    verdictDays: row.verdict_days,
    queryHours: row.query_hours,
    tells: row.tells,
    contact: row.contact,
    sharesFeedback: row.shares_feedback,
    fetchesFrom: row.fetches_from,
    confirmedAt: row.confirmed_at?.toISOString() ?? null,
    version: row.version,
  };
}
