import type { KeyRecord, Role } from '../domain/key.js';
import type { Database, Queryable } from './database.js';

export interface NewKey {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  readonly person?: string | undefined;
  readonly secretSha256: Uint8Array;
  readonly expiresAt?: Date | undefined;
}

/** A key as people list it: nothing to open a door with. */
export interface KeyLine {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  readonly person: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

const upsertPerson = `
  insert into person (organisation, name) values ($1, $2)
  on conflict (organisation, name) do update set name = excluded.name
  returning id`;

const insertKey = `
  with inserted as (
    insert into api_key (id, organisation, person, role, secret_sha256, expires_at)
    values ($1, $2, $3, $4, $5, $6) returning id
  )
  insert into change (kind, subject) select 'key', id from inserted`;

const revokeKey = `
  with revoked as (
    update api_key set revoked_at = now() where id = $1 and revoked_at is null returning id
  ), changed as (
    insert into change (kind, subject) select 'key', id from revoked
  )
  select id from api_key where id = $1`;

const selectRecords = `
  select id, organisation, role, secret_sha256 as "secretSha256", expires_at as "expiresAt", revoked_at as "revokedAt"
  from api_key where $1::text[] is null or id = any($1)`;

const selectLines = `
  select k.id, k.organisation, k.role, p.name as person, k.created_at as "createdAt", k.expires_at as "expiresAt",
    k.revoked_at as "revokedAt"
  from api_key k left join person p on p.id = k.person order by k.created_at, k.id`;

export class KeyStore {
  constructor(private readonly database: Database) {}

  /** Stores a key, and its person when it is new. @throws PostgreSQL 23503 when the organisation does not exist. */
  async create(key: NewKey): Promise<void> {
    await this.database.transaction(async (tx) => {
      const person = key.person === undefined ? null : await personId(tx, key.organisation, key.person);
      const secret = Buffer.from(key.secretSha256);
      await tx.query(insertKey, [key.id, key.organisation, person, key.role, secret, key.expiresAt ?? null]);
    });
  }

  /** Ends a key for good; false when there is none of that id. Ending it twice is fine. */
  async revoke(id: string): Promise<boolean> {
    return (await this.database.query(revokeKey, [id])).length === 1;
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
