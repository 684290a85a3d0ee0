import { Command } from 'commander';
import { type Role, roles } from '../domain/key.js';
import { mintKey } from '../service/keyring.js';
import { sqlState } from '../store/database.js';
import { choice, print, table, UsageError, withDatabase } from './run.js';

interface CreateOptions {
  organisation: string;
  role: Role;
  person?: string;
  expires?: string;
  json?: boolean;
}

/** `vigie keys create | list | revoke` */
export function keysCommand(): Command {
  const command = new Command('keys').description('API keys');
  command
    .command('create')
    .description('create a key; it is shown once')
    .requiredOption('--organisation <id>', 'whose key it is')
    .addOption(choice('--role <role>', 'what it may do', roles))
    .option('--person <name>', 'who holds it')
    .option('--expires <date>', 'when it ends, e.g. 2027-01-31 or 2027-01-31T12:00:00Z')
    .option('--json', 'print one JSON document')
    .action(create);
  command.command('list').description('list keys').option('--json', 'print one JSON document').action(list);
  command
    .command('revoke')
    .description('end a key, on every node within a second')
    .argument('<id>', 'the 12 characters after vig_')
    .option('--json', 'print one JSON document')
    .action(revoke);
  return command;
}

async function create({ organisation, role, person, expires, json }: CreateOptions): Promise<void> {
  const expiresAt = expires === undefined ? undefined : dateOf(expires);
  await withDatabase(async ({ stores }) => {
    const { id, key, secretSha256 } = mintKey();
    await stores.keys.create({ id, organisation, role, person, secretSha256, expiresAt }).catch((error) => {
      throw sqlState(error) === '23503' ? new Error(`there is no organisation "${organisation}"`) : error;
    });
    const document = { id, key, organisation, role, person: person ?? null, expiresAt: expiresAt?.toISOString() ?? null };
    print(json, document, `${key}\nShown once: keep it now. Role ${role}, organisation ${organisation}.`);
  });
}

function dateOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new UsageError(`--expires ${text}: must be a date such as 2027-01-31`);
  if (date.getTime() <= Date.now()) throw new UsageError(`--expires ${text}: lies in the past`);
  return date;
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.keys.lines();
    const rows = items.map(({ id, role, organisation, person, expiresAt, revokedAt }) => {
      const state = revokedAt ? `revoked ${revokedAt.toISOString()}` : expiresAt ? `until ${expiresAt.toISOString()}` : 'valid';
      return [id, role, organisation, person ?? '', state];
    });
    print(json, { items }, table([['id', 'role', 'organisation', 'person', 'state'], ...rows]));
  });
}

async function revoke(id: string, { json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    if (!(await stores.keys.revoke(id))) throw new Error(`there is no key "${id}"; "vigie keys list" shows those there are`);
    print(json, { id, revoked: true }, `revoked key ${id}`);
  });
}
