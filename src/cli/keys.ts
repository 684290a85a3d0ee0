import { Command, InvalidArgumentError, Option } from 'commander';
import { type Role, roles, type Trust, trusts } from '../domain/key.js';
import type { KeyLine } from '../store/keys.js';
import { type ActingOptions, choice, keyOption, print, table, UsageError, withActor, withDatabase } from './run.js';

interface CreateOptions extends ActingOptions {
  organisation: string;
  role: Role;
  person?: string;
  expires?: string;
  trust: Trust;
  quotaMinute?: number;
  quotaDay?: number;
}

/** `vigie keys create | confirm | list | revoke` */
export function keysCommand(): Command {
  const command = new Command('keys').description('API keys');
  command
    .command('create')
    .description('create a key; it is shown once')
    .requiredOption('--organisation <id>', 'whose key it is')
    .addOption(choice('--role <role>', 'what it may do', roles))
    .option('--person <name>', 'who holds it; keys without a name count as one person')
    .option('--expires <date>', 'when it ends, e.g. 2027-01-31 or 2027-01-31T12:00:00Z')
    .addOption(new Option('--trust <trust>', 'low: it is told bands instead of distances').choices([...trusts]).default('full'))
    .option('--quota-minute <n>', 'matches a minute; 0: no limit, absent: VIGIE_QUOTA_MINUTE', quotaOf)
    .option('--quota-day <n>', 'matches a day; 0: no limit, absent: VIGIE_QUOTA_DAY', quotaOf)
    .addOption(keyOption())
    .option('--json', 'print one JSON document')
    .action(create);
  command
    .command('confirm')
    .description('open a key that another operator created')
    .argument('<id>', 'the 12 characters after vig_')
    .addOption(keyOption())
    .option('--json', 'print one JSON document')
    .action(confirm);
  command.command('list').description('list keys').option('--json', 'print one JSON document').action(list);
  command
    .command('revoke')
    .description('end a key, on every node within a second')
    .argument('<id>', 'the 12 characters after vig_')
    .addOption(keyOption())
    .option('--json', 'print one JSON document')
    .action(revoke);
  return command;
}

async function create({
  organisation,
  role,
  person,
  expires,
  trust,
  quotaMinute,
  quotaDay,
  ...options
}: CreateOptions): Promise<void> {
  const expiresAt = expires === undefined ? undefined : dateOf(expires);
  await withActor(options, ['operator'], async ({ people, actor }) => {
    const limits = { trust, quotaMinute: quotaMinute ?? null, quotaDay: quotaDay ?? null };
    const minted = await people.createKey(actor, { organisation, role, person, expiresAt, ...limits });
    const rest = minted.confirmed
      ? ''
      : `\nIt opens nothing until a second operator confirms it: vigie keys confirm ${minted.id}`;
    print(options.json, minted, `${minted.key}\nShown once: keep it now. Role ${role}, organisation ${organisation}.${rest}`);
  });
}

/** The column is an int4. */
const largestQuota = 2_147_483_647;

function quotaOf(text: string): number {
  const quota = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (quota <= largestQuota) return quota;
  throw new InvalidArgumentError(`must be a whole number from 0 to ${largestQuota}`);
}

function dateOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new UsageError(`--expires ${text}: must be a date such as 2027-01-31`);
  if (date.getTime() <= Date.now()) throw new UsageError(`--expires ${text}: lies in the past`);
  return date;
}

async function confirm(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ people, actor }) => {
    await people.confirmKey(actor, id);
    print(options.json, { id, confirmed: true }, `confirmed key ${id}`);
  });
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.keys.lines();
    const rows = items.map((line) => [line.id, line.role, line.organisation, line.person, line.trust, stateOf(line)]);
    print(json, { items }, table([['id', 'role', 'organisation', 'person', 'trust', 'state'], ...rows]));
  });
}

function stateOf({ expiresAt, revokedAt, confirmed }: KeyLine): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`;
  if (!confirmed) return 'waiting for a second operator';
  return expiresAt ? `until ${expiresAt.toISOString()}` : 'valid';
}

async function revoke(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ people, actor }) => {
    await people.revokeKey(actor, id);
    print(options.json, { id, revoked: true }, `revoked key ${id}`);
  });
}
