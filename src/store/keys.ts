import type { Actor } from '../domain/actor.js';
import type { KeyLimits, KeyRecord, Role } from '../domain/key.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';

export interface NewKey extends Partial<KeyLimits> {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  /** Absent: the organisation's person for keys that name none, so that several of them never count as two people. */
  readonly person?: string | undefined;
  readonly secretSha256: Uint8Array;
  readonly expiresAt?: Date | undefined;
}

/** A key as people list it: nothing to open a door with. */
export interface KeyLine extends KeyLimits {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  readonly person: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly confirmed: boolean;
}

/** A key with whose it is and who made it, for whoever decides whether to confirm it. */
export interface StoredKey {
  readonly organisation: string;
  readonly person: number;
  readonly createdBy: number | null;
  readonly confirmed: boolean;
}

const nobodyNamed = 'unnamed';

const upsertPerson = `
  insert into person (organisation, name) values ($1, $2)
  on conflict (organisation, name) do update set name = excluded.name
  returning id`;

const insertKey = `
  with inserted as (
    insert into api_key (id, organisation, person, role, secret_sha256, expires_at, created_by, confirmed_at, trust, quota_minute, quota_day)
    values ($1, $2, $3, $4, $5, $6, $7, case when $8 then now() end, $9, $10, $11) returning id
  )
  insert into change (kind, subject) select 'key', id from inserted`;

const noteChange = "insert into change (kind, subject) values ('key', $1)";
const revokeKey = 'update api_key set revoked_at = now() where id = $1 and revoked_at is null returning id';
const selectPresent = 'select id from api_key where id = $1';
const selectForUpdate = `
  select organisation, person, created_by as "createdBy", confirmed_at is not null as confirmed
  from api_key where id = $1 and revoked_at is null for update`;
const confirmKey = 'update api_key set confirmed_at = now(), confirmed_by = $2 where id = $1';

// Not those of people who share a person for want of a name: nobody knows how many they are.
const selectOperators = `
  select count(distinct k.person)::int as count from api_key k
  join organisation o on o.id = k.organisation
  where k.role = 'operator' and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    and k.confirmed_at is not null and o.confirmed_at is not null`;

const limits = 'k.trust, k.quota_minute as "quotaMinute", k.quota_day as "quotaDay"';

const selectRecords = `
  select k.id, k.organisation, k.person, k.role, k.secret_sha256 as "secretSha256", k.expires_at as "expiresAt",
    k.revoked_at as "revokedAt", k.confirmed_at is not null and o.confirmed_at is not null as confirmed, ${limits}
  from api_key k join organisation o on o.id = k.organisation where $1::text[] is null or k.id = any($1)`;

const selectLines = `
  select k.id, k.organisation, k.role, p.name as person, k.created_at as "createdAt", k.expires_at as "expiresAt",
    k.revoked_at as "revokedAt", k.confirmed_at is not null as confirmed, ${limits}
  from api_key k join person p on p.id = k.person order by k.created_at, k.id`;

// In the transaction that makes the second one: what happens to their keys later brings the set-up back for nobody.
const noteEndOfSetup = `
  update installation set setup_ended_at = now() where setup_ended_at is null and (${selectOperators}) >= 2`;
const selectEnd = 'select setup_ended_at is not null as ended from installation';

export class KeyStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores a key, and its person when it is new. `confirmed`: it opens at once.
   *
   * @throws PostgreSQL 23503 when the organisation does not exist.
   */
  async create(key: NewKey, actor: Actor, confirmed: boolean): Promise<void> {
    const { id, organisation, role, expiresAt = null, trust = 'full', quotaMinute = null, quotaDay = null } = key;
    await this.database.transaction(async (tx) => {
      const person = await personId(tx, organisation, key.person ?? nobodyNamed);
      const secret = Buffer.from(key.secretSha256);
      const whose = [id, organisation, person, role, secret, expiresAt, actor.person, confirmed];
      await tx.query(insertKey, [...whose, trust, quotaMinute, quotaDay]);
      await tx.query(noteEndOfSetup);
      const detail = { organisation, role, person, confirmed, trust, quotaMinute, quotaDay };
      await appendAct(tx, { actor, act: 'key.create', subject: id, detail });
    });
  }

  /** Opens a key that `decide` was shown, under lock: what it throws leaves it closed. False: there is none, or it is revoked. */
  confirm(id: string, actor: Actor, decide: (standing: StoredKey) => void): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const [standing] = await tx.query<StoredKey & Record<string, unknown>>(selectForUpdate, [id]);
      if (!standing) return false;
      decide(standing);
      await tx.query(confirmKey, [id, actor.person]);
      await tx.query(noteEndOfSetup);
      await tx.query(noteChange, [id]);
      await appendAct(tx, { actor, act: 'key.confirm', subject: id, detail: {} });
      return true;
    });
  }

  /** Ends a key for good; false when there is none of that id. Ending it twice is fine. */
  async revoke(id: string, actor: Actor): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const [revoked] = await tx.query(revokeKey, [id]);
      if (!revoked) return (await tx.query(selectPresent, [id])).length === 1;
      await tx.query(noteChange, [id]);
      await appendAct(tx, { actor, act: 'key.revoke', subject: id, detail: {} });
      return true;
    });
  }

  /** True from when two people held keys of role operator for the first time, whatever became of those. */
  async isSetUp(): Promise<boolean> {
    const [state] = await this.database.query<{ ended: boolean }>(selectEnd);
    if (state?.ended) return true;
    const [operators] = await this.database.query<{ count: number }>(selectOperators);
    return (operators?.count ?? 0) >= 2;
  }

  /** All keys, or those of the ids given. */
  records(ids: readonly string[] | null): Promise<KeyRecord[]> {
    return this.database.query<KeyRecord & Record<string, unknown>>(selectRecords, [ids]);
  }

  lines(): Promise<KeyLine[]> {
    return this.database.query<KeyLine & Record<string, unknown>>(selectLines);
  }
}

async function personId(tx: Queryable, organisation: string, name: string): Promise<number> {
  const [row] = await tx.query<{ id: number }>(upsertPerson, [organisation, name]);
  if (!row) throw new Error('upsert of a person returned no row');
  return row.id;
}
