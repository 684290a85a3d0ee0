/** The service's role cannot alter the audit log. Another role owns the tables and migrates. */
import { escapeIdentifier, type Pool, type PoolClient } from 'pg';

const appendOnly = ['act', 'act_seal'] as const;

const selectRole = 'select current_user as role';
const selectOwned = 'select tablename as name from pg_tables where schemaname = current_schema() and tableowner = $1';
const selectTables = `
  select tablename as name from pg_tables where schemaname = current_schema() and tableowner = current_user`;
// Concurrent grants of two nodes would collide.
const lockGrants = "select pg_advisory_xact_lock(hashtext('vigie grants'))";
const selectGranted = `
  select coalesce(bool_and(tableowner = current_user and has_table_privilege($1, quote_ident(tablename), 'select')), false) as granted
  from pg_tables where schemaname = current_schema()`;
const selectSchema = 'select current_schema() as name';
// An owner, or a member of the owning role, may grant itself every right.
const selectMayAlter = `
  select coalesce(bool_or(has_table_privilege(c.oid, 'update') or has_table_privilege(c.oid, 'delete')
    or has_table_privilege(c.oid, 'truncate') or pg_has_role(c.relowner, 'member')), false) as may
  from pg_class c where c.oid = any(array(select to_regclass(name) from unnest($1::text[]) name))`;

export async function roleOf(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ role: string }>(selectRole);
  return rows[0]?.role ?? '';
}

/** True when the role can alter acts or seals, or give itself that right. */
export async function mayAlterAudit(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ may: boolean }>(selectMayAlter, [appendOnly]);
  return rows[0]?.may ?? false;
}

/** False after a migration that adds a table. */
export async function isGranted(owner: Pool, service: string): Promise<boolean> {
  const { rows } = await owner.query<{ granted: boolean }>(selectGranted, [service]);
  return rows[0]?.granted ?? false;
}

/**
 * Also takes over tables that the service's role owns from the time of one role.
 *
 * @throws PostgreSQL 42501 when the role of `owner` is neither a member of the service's role nor a superuser.
 */
export async function grantService(owner: Pool, service: string): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query(lockGrants);
    await takeOver(client, service);
    await grant(client, escapeIdentifier(service));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

async function takeOver(client: PoolClient, service: string): Promise<void> {
  for (const table of await namesOf(client, selectOwned, [service])) {
    await client.query(`alter table ${escapeIdentifier(table)} owner to current_user`);
  }
}

async function grant(client: PoolClient, service: string): Promise<void> {
  const [schema = 'public'] = await namesOf(client, selectSchema);
  const tables = (await namesOf(client, selectTables)).map(escapeIdentifier).join(', ');
  const appendOnlyTables = appendOnly.map(escapeIdentifier).join(', ');
  await client.query(`grant usage on schema ${escapeIdentifier(schema)} to ${service}`);
  await client.query(`grant select, insert, update, delete on ${tables} to ${service}`);
  await client.query(`grant select on all sequences in schema ${escapeIdentifier(schema)} to ${service}`);
  await client.query(`revoke all on ${appendOnlyTables}, migration from ${service}`);
  await client.query(`grant select, insert on ${appendOnlyTables} to ${service}`);
  await client.query(`grant select on migration to ${service}`);
}

async function namesOf(client: PoolClient, sql: string, parameters: readonly unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(sql, [...parameters]);
  return rows.map(({ name }) => name);
}
