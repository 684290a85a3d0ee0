import { Option } from 'commander';
import { type Logger, pino } from 'pino';
import { type Config, loadConfig } from '../config.js';
import type { DerivedKeys } from '../data-key.js';
import type { Actor } from '../domain/actor.js';
import type { Role } from '../domain/key.js';
import {
  openConfigured,
  openConfiguredAsOwner,
  openConfiguredKey,
  type Service,
  type ServiceOptions,
  startService,
} from '../main.js';
import { cliIdentity } from '../service/accounts/cli-identity.js';
import { OrganisationsAndKeys } from '../service/accounts/organisations-and-keys.js';
import { Sealer } from '../service/audit-log/sealer.js';
import type { Database } from '../store/database.js';
import { openStores, type Stores } from '../store/stores.js';

export const exitCodes = { done: 0, failed: 1, usage: 2, matchFound: 3 } as const;

/** The command line was right in form but not in content, e.g. a class that does not exist. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Commands speak on stdout and stderr themselves; their log shows trouble only, and never on stdout. */
function commandLog(): Logger {
  return pino({ level: 'error' }, pino.destination(2));
}

export function currentConfig(): Config {
  return loadConfig(process.env);
}

/**
 * For a command that uses the database of whoever runs it, or runs it itself. Others may come to use it meanwhile, and outlast this
 * command: it stays for them.
 */
export function commandOptions(command: string): ServiceOptions {
  const config = currentConfig();
  const onWait = () => console.error(`${command}: done; other commands still use ${config.VIGIE_DATA_DIR}, waiting for them`);
  return { config, log: commandLog(), command, exclusive: false, onWait };
}

interface Context {
  readonly config: Config;
  readonly database: Database;
  readonly dataKey: DerivedKeys;
  readonly stores: Stores;
}

/** A command that changes something, and the key it acts by. */
export interface ActingOptions {
  readonly key?: string;
  readonly json?: boolean;
}

/** The option of every command that changes something. */
export const keyOption = () => new Option('--key <key>', 'the API key it acts by; default: VIGIE_KEY');

/** Runs `work` on the database: that of a running server, or the one in the data directory itself. `asOwner`: as whoever owns it. */
export async function withDatabase<Result>(work: (context: Context) => Promise<Result>, asOwner = false): Promise<Result> {
  const options = commandOptions(`vigie ${process.argv.slice(2, 4).join(' ')}`);
  const { config } = options;
  const database = await (asOwner ? openConfiguredAsOwner : openConfigured)(options);
  try {
    const dataKey = await openConfiguredKey(database, config);
    return await work({ config, database, dataKey, stores: openStores(database) });
  } finally {
    await database.close();
  }
}

/** As `withDatabase`, as somebody whose key has one of the roles. */
export async function withActor<Result>(
  { key }: ActingOptions,
  roles: readonly Role[],
  work: (context: Context & { actor: Actor; people: OrganisationsAndKeys }) => Promise<Result>,
): Promise<Result> {
  return withDatabase(async (context) => {
    const { keys, organisations } = context.stores;
    const actor = await cliIdentity(keys, key ?? context.config.VIGIE_KEY, roles);
    const result = await work({ ...context, actor, people: new OrganisationsAndKeys(organisations, keys) });
    // Where no server runs nobody else would; where one does and is faster, or the database is gone by now, it does.
    await new Sealer(context.stores.audit, context.dataKey.derive('audit')).seal().catch(() => {});
    return result;
  });
}

/** Runs `work` on a whole service, without HTTP. */
export async function withService<Result>(work: (service: Service, config: Config) => Promise<Result>): Promise<Result> {
  const options = commandOptions(`vigie ${process.argv[2] ?? ''}`);
  const service = await startService(options);
  try {
    return await work(service, options.config);
  } finally {
    await service.close();
  }
}

/** One JSON document, or a line a person reads. */
export function print(json: boolean | undefined, document: unknown, text: string): void {
  console.log(json ? JSON.stringify(document) : text);
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An option that must be given and be one of some values. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices([...values]).makeOptionMandatory();
}
