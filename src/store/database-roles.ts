/**
 * Two roles on PostgreSQL: one owns the tables and migrates, the other is the service's. What may alter the audit is not the service's.
 */
import { escapeIdentifier, type Pool, type PoolClient } from 'pg';

/** What the service may only add to. */
const appendOnly = ['act', 'act_seal'] as const;

const selectRole = 'select current_user as role';
// What the service's role made while it was the only one.
const selectOwned = 'select tablename as name from pg_tables where schemaname = current_schema() and tableowner = $1';
const selectTables = `
  select tablename as name from pg_tables where schemaname = current_schema() and tableowner = current_user`;
// Two nodes that grant at once would run into one another; only PostgreSQL has two roles, so an advisory lock is one.
const takeTurn = "select pg_advisory_xact_lock(hashtext('vigie grants'))";
const selectGranted = `
  select coalesce(bool_and(tableowner = current_user and has_table_privilege($1, quote_ident(tablename), 'select')), false) as granted
  from pg_tables where schemaname = current_schema()`;
const selectSchema = 'select current_schema() as name';
// An owner may grant itself anything, and whoever is a member of the owning role is an owner.
const selectMayAlter = `
  select coalesce(bool_or(has_table_privilege(c.oid, 'update') or has_table_privilege(c.oid, 'delete')
    or has_table_privilege(c.oid, 'truncate') or pg_has_role(c.relowner, 'member')), false) as may
  from pg_class c where c.oid = any(array(select to_regclass(name) from unnest($1::text[]) name))`;

export async function roleOf(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ role: string }>(selectRole);
  return rows[0]?.role ?? '';
}

/** Whether the role of `pool` could alter or delete what the audit says, or make itself able to. */
export async function mayAlterAudit(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ may: boolean }>(selectMayAlter, [appendOnly]);
  return rows[0]?.may ?? false;
}

/** Whether the service's role has been given what it needs since the last migration that made a table. */
export async function isGranted(owner: Pool, service: string): Promise<boolean> {
  const { rows } = await owner.query<{ granted: boolean }>(selectGranted, [service]);
  return rows[0]?.granted ?? false;
}

/**
 * Gives the service's role what it needs and no more. Tables it owns, from the time when there was one role, change their owner.
 *
 * @throws PostgreSQL 42501 when the role of `owner` may not take them over: be a member of the other role, or a superuser.
 */
export async function grantService(owner: Pool, service: string): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query(takeTurn);
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
  const kept = appendOnly.map(escapeIdentifier).join(', ');
  await client.query(`grant usage on schema ${escapeIdentifier(schema)} to ${service}`);
  await client.query(`grant select, insert, update, delete on ${tables} to ${service}`);
  await client.query(`grant select on all sequences in schema ${escapeIdentifier(schema)} to ${service}`);
  await client.query(`revoke all on ${kept}, migration from ${service}`);
  await client.query(`grant select, insert on ${kept} to ${service}`);
  await client.query(`grant select on migration to ${service}`);
}

async function namesOf(client: PoolClient, sql: string, parameters: readonly unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(sql, [...parameters]);
  return rows.map(({ name }) => name);
}
