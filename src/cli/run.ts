import { type Logger, pino } from 'pino';
import { type Config, loadConfig } from '../config.js';
import type { DerivedKeys } from '../data-key.js';
import type { Actor } from '../domain/actor.js';
import type { Role } from '../domain/key.js';
import { openConfigured, openConfiguredAsOwner, openConfiguredKey, type ServiceOptions } from '../installation.js';
import type { Service } from '../main.js';
import { cliIdentity } from '../service/accounts/cli-identity.js';
import { OrganisationsAndKeys } from '../service/accounts/organisations-and-keys.js';
import { Sealer } from '../service/audit-log/sealer.js';
import type { Database } from '../store/database.js';
import { openStores, type Stores } from '../store/stores.js';

export const exitCodes = { done: 0, failed: 1, usage: 2, matchFound: 3 } as const;

/** The command line cannot work, e.g. it names a missing file. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Logs errors to stderr, because stdout carries the result. */
function commandLog(): Logger {
  return pino({ level: 'error' }, pino.destination(2));
}

export function currentConfig(): Config {
  return loadConfig(process.env);
}

/** Without a server this command opens the embedded database. Others may then connect, and it must wait for them at the end. */
export function commandOptions(command: string): ServiceOptions {
  const config = currentConfig();
  const onWait = () => console.error(`${command}: done; waiting for other commands that use ${config.VIGIE_DATA_DIR}`);
  return { config, log: commandLog(), command, exclusive: false, onWait };
}

export interface Context {
  readonly config: Config;
  readonly database: Database;
  readonly dataKey: DerivedKeys;
  readonly stores: Stores;
}

export interface ActingOptions {
  readonly key?: string;
  readonly json?: boolean;
}

/** `asOwner` uses the database role that owns the tables. */
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

/** Like `withDatabase`, acting with a key that has one of `roles`. */
export async function withActor<Result>(
  { key }: ActingOptions,
  roles: readonly Role[],
  work: (context: Context & { actor: Actor; accounts: OrganisationsAndKeys }) => Promise<Result>,
): Promise<Result> {
  return withDatabase(async (context) => {
    const { keys, organisations } = context.stores;
    const actor = await cliIdentity(keys, key ?? context.config.VIGIE_KEY, roles);
    const result = await work({ ...context, actor, accounts: new OrganisationsAndKeys(organisations, keys) });
    await sealActs(context);
    return result;
  });
}

/** Without a server nobody else seals the acts of a command. If this fails, the next server or command seals them. */
export async function sealActs({ stores, dataKey }: Context): Promise<void> {
  await new Sealer(stores.audit, dataKey.derive('audit')).seal().catch(() => {});
}

export async function withService<Result>(work: (service: Service, config: Config) => Promise<Result>): Promise<Result> {
  const options = commandOptions(`vigie ${process.argv[2] ?? ''}`);
  // Most commands need no service, whose modules take 0.5 s of the processor.
  const { startService } = await import('../main.js');
  const service = await startService(options);
  try {
    return await work(service, options.config);
  } finally {
    await service.close();
  }
}

export function print(json: boolean | undefined, document: unknown, text: string): void {
  console.log(json ? JSON.stringify(document) : text);
}

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

export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}
