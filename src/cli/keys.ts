import { Command, Option } from 'commander';
import { type Role, roles, type Trust, trusts } from '../domain/key.js';
import type { KeyLine } from '../store/keys.js';
import { choice, futureDate, jsonOption, keyOption, wholeNumber } from './options.js';
import { type ActingOptions, print, table, withActor, withDatabase } from './run.js';

interface CreateOptions extends ActingOptions {
  organisation: string;
  role: Role;
  person?: string;
  expires?: Date;
  trust: Trust;
  quotaMinute?: number;
  quotaDay?: number;
}

/** Quotas are stored as int4. */
const quota = wholeNumber(0, 2_147_483_647);

export function keysCommand(): Command {
  const command = new Command('keys').description('manage API keys');
  command
    .command('create')
    .description('create a key and show it once')
    .requiredOption('--organisation <id>', 'organisation that owns the key')
    .addOption(choice('--role <role>', 'role of the key', roles))
    .option('--person <name>', 'name of the holder; all keys of an organisation without a name count as one person')
    .option('--expires <date>', 'expiry date, e.g. 2027-01-31 or 2027-01-31T12:00:00Z', futureDate)
    .addOption(
      new Option('--trust <trust>', 'low: verdicts show bands instead of distances').choices([...trusts]).default('full'),
    )
    .option('--quota-minute <n>', 'maximum matches per minute, 0 for no limit (default: VIGIE_QUOTA_MINUTE)', quota)
    .option('--quota-day <n>', 'maximum matches per day, 0 for no limit (default: VIGIE_QUOTA_DAY)', quota)
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(create);
  command
    .command('confirm')
    .description('confirm a key that another operator created')
    .argument('<id>', 'id of the key: the 12 characters after vig_')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(confirm);
  command.command('list').description('list keys').addOption(jsonOption()).action(list);
  command
    .command('revoke')
    .description('revoke a key on every node within one second')
    .argument('<id>', 'id of the key: the 12 characters after vig_')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(revoke);
  return command;
}

async function create({
  organisation,
  role,
  person,
  expires: expiresAt,
  trust,
  quotaMinute,
  quotaDay,
  ...options
}: CreateOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ accounts, actor }) => {
    const limits = { trust, quotaMinute: quotaMinute ?? null, quotaDay: quotaDay ?? null };
    const minted = await accounts.createKey(actor, { organisation, role, person, expiresAt, ...limits });
    const rest = minted.confirmed
      ? ''
      : `\nThe key does not work until a second operator confirms it: vigie keys confirm ${minted.id}`;
    print(
      options.json,
      minted,
      `${minted.key}\nThis key is shown only once: store it now. Role ${role}, organisation ${organisation}.${rest}`,
    );
  });
}

async function confirm(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ accounts, actor }) => {
    await accounts.confirmKey(actor, id);
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
  if (!expiresAt) return 'valid';
  return `${expiresAt.getTime() > Date.now() ? 'expires' : 'expired'} ${expiresAt.toISOString()}`;
}

async function revoke(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ accounts, actor }) => {
    await accounts.revokeKey(actor, id);
    print(options.json, { id, revoked: true }, `revoked key ${id}`);
  });
}
