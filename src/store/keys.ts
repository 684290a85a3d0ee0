import type { Actor } from '../domain/actor.js';
import type { KeyLimits, KeyRecord, Role } from '../domain/key.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';

export interface NewKey extends Partial<KeyLimits> {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  /** Absent: one unnamed person per organisation, so that unnamed keys never count as two people. */
  readonly person?: string | undefined;
  readonly secretSha256: Uint8Array;
  readonly expiresAt?: Date | undefined;
}

export interface KeyLine extends KeyLimits {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  readonly person: string;
  /** The numbers of people. */
  readonly holder: number;
  readonly createdBy: number | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly confirmed: boolean;
}

export interface ExpiringKey {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

export interface StoredKey {
  readonly organisation: string;
  readonly person: number;
  readonly createdBy: number | null;
  readonly confirmed: boolean;
}

/** The person of all keys without a name. */
export const unnamedPerson = 'unnamed';

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

const countOperators = `
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
  select k.id, k.organisation, k.role, p.name as person, k.person as holder, k.created_by as "createdBy", k.created_at as "createdAt", k.expires_at as "expiresAt",
    k.revoked_at as "revokedAt", k.confirmed_at is not null as confirmed, ${limits}
  from api_key k join person p on p.id = k.person where $1::text is null or k.id = $1 order by k.created_at, k.id`;

const selectNearExpiry = `
  select id, organisation, role, expires_at as "expiresAt" from api_key
  where revoked_at is null and expires_at > now() and expires_at < now() + $1 * interval '1 day' order by expires_at, id`;

// Set-up stays ended even if a key is revoked later.
const noteEndOfSetup = `
  update installation set setup_ended_at = now() where setup_ended_at is null and (${countOperators}) >= 2`;
const selectSetupEnded = 'select setup_ended_at is not null as ended from installation';

export class KeyStore {
  constructor(private readonly database: Database) {}

  /** `confirmed`: the key works at once. @throws PostgreSQL 23503 for an unknown organisation. */
  async create(key: NewKey, actor: Actor, confirmed: boolean): Promise<void> {
    const { id, organisation, role, expiresAt = null, trust = 'full', quotaMinute = null, quotaDay = null } = key;
    await this.database.transaction(async (tx) => {
      const person = await personId(tx, organisation, key.person ?? unnamedPerson);
      const secret = Buffer.from(key.secretSha256);
      const whose = [id, organisation, person, role, secret, expiresAt, actor.person, confirmed];
      await tx.query(insertKey, [...whose, trust, quotaMinute, quotaDay]);
      await tx.query(noteEndOfSetup);
      const detail = { organisation, role, person, confirmed, trust, quotaMinute, quotaDay };
      await appendAct(tx, { actor, act: 'key.create', subject: id, detail });
    });
  }

  /** False when the key does not exist or is revoked. */
  confirm(id: string, actor: Actor, check: (current: StoredKey) => void): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const [current] = await tx.query<StoredKey & Record<string, unknown>>(selectForUpdate, [id]);
      if (!current) return false;
      check(current);
      await tx.query(confirmKey, [id, actor.person]);
      await tx.query(noteEndOfSetup);
      await tx.query(noteChange, [id]);
      await appendAct(tx, { actor, act: 'key.confirm', subject: id, detail: {} });
      return true;
    });
  }

  /** False when there is no such key. */
  async revoke(id: string, actor: Actor): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const [revoked] = await tx.query(revokeKey, [id]);
      if (!revoked) return (await tx.query(selectPresent, [id])).length === 1;
      await tx.query(noteChange, [id]);
      await appendAct(tx, { actor, act: 'key.revoke', subject: id, detail: {} });
      return true;
    });
  }

  /** True once two people have held operator keys at the same time. */
  async isSetUp(): Promise<boolean> {
    const [state] = await this.database.query<{ ended: boolean }>(selectSetupEnded);
    if (state?.ended) return true;
    const [operators] = await this.database.query<{ count: number }>(countOperators);
    return (operators?.count ?? 0) >= 2;
  }

  records(ids: readonly string[] | null): Promise<KeyRecord[]> {
    return this.database.query<KeyRecord & Record<string, unknown>>(selectRecords, [ids]);
  }

  /** Keys that end within these days, the next one first. */
  nearExpiry(days: number): Promise<ExpiringKey[]> {
    return this.database.query<ExpiringKey & Record<string, unknown>>(selectNearExpiry, [days]);
  }

  /** Oldest first. @param id only this key */
  lines(id?: string): Promise<KeyLine[]> {
    return this.database.query<KeyLine & Record<string, unknown>>(selectLines, [id ?? null]);
  }
}

async function personId(tx: Queryable, organisation: string, name: string): Promise<number> {
  const [row] = await tx.query<{ id: number }>(upsertPerson, [organisation, name]);
  if (!row) throw new Error('upsert of a person returned no row');
  return row.id;
}
