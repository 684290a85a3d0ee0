import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { type ExchangeKind, exchangeKinds, type StoredExchange } from '../domain/exchange.js';
import { allExchanges } from '../exchanges/registry.js';
import { CredentialSeal, type Credentials } from '../service/exchange-sync/credential-seal.js';
import { Exchanges, shownExchange } from '../service/exchange-sync/exchanges.js';
import { ListCache } from '../service/lists/list-cache.js';
import { ExchangeStore } from '../store/exchanges.js';
import { choice, idOption, jsonOption, keyOption, wholeNumber } from './options.js';
import { type ActingOptions, type Context, print, table, UsageError, withActor, withDatabase } from './run.js';

interface CreateOptions extends ActingOptions {
  id: string;
  kind: ExchangeKind;
  list: string;
  baseUrl?: string;
  credentials: string;
  option: Readonly<Record<string, string>>;
  every?: number;
}

export function exchangesCommand(): Command {
  const command = new Command('exchanges').description('let lists follow other services');
  command
    .command('create')
    .description('let a list follow another service; a running server begins within a second')
    .addOption(idOption('id of the exchange'))
    .addOption(choice('--kind <kind>', 'kind of service', exchangeKinds))
    .requiredOption('--list <id>', 'list that takes its records')
    .option('--base-url <url>', 'where the service is, if the kind has no address of its own')
    .requiredOption('--credentials <file>', 'file with the credentials as a JSON object; "-" reads it from the standard input')
    .addOption(
      new Option('--option <name=value>', 'option of the kind; may be repeated').argParser(withOption).default({}, 'none'),
    )
    .option('--every <seconds>', 'from the end of one fetch to the next, 0 to 86400', wholeNumber(0, 86_400))
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(create);
  command.command('list').description('list exchanges, and how well they work').addOption(jsonOption()).action(list);
  command
    .command('fetch')
    .description('let a running server fetch an exchange within a second')
    .argument('<id>', 'id of the exchange')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(fetchNow);
  command
    .command('remove')
    .description('remove an exchange; its entries stay in the list')
    .argument('<id>', 'id of the exchange')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(remove);
  return command;
}

async function create({ id, kind, list, baseUrl, option, every, ...options }: CreateOptions): Promise<void> {
  const credentials = await readCredentials(options.credentials);
  await withActor(options, ['operator'], async ({ actor, ...context }) => {
    const given = { id, kind, list, baseUrl, credentials, options: option, everySeconds: every };
    const created = await (await exchangesOf(context)).create(actor, given);
    print(options.json, shownExchange(created), `created exchange ${id}: list ${list} follows ${created.baseUrl}`);
  });
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async (context) => {
    const all = await (await exchangesOf(context)).all();
    const rows = all.map((one) => [one.id, one.kind, one.list, stateOf(one), one.succeededAt ?? 'never', one.error ?? '']);
    print(
      json,
      { items: all.map(shownExchange) },
      table([['id', 'kind', 'list', 'state', 'last success', 'last error'], ...rows]),
    );
  });
}

async function fetchNow(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async (context) => {
    const asked = await (await exchangesOf(context)).hasten(id);
    print(options.json, shownExchange(asked), `a running server fetches exchange ${id} within a second`);
  });
}

async function remove(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ actor, ...context }) => {
    await (await exchangesOf(context)).delete(actor, id);
    print(options.json, { id, removed: true }, `removed exchange ${id}; its entries stay in the list`);
  });
}

async function exchangesOf({ database, stores, dataKey }: Context): Promise<Exchanges> {
  const listCache = new ListCache();
  listCache.replaceAll(await stores.lists.all(), new Map());
  const parts = { store: new ExchangeStore(database), clients: allExchanges(), seal: new CredentialSeal(dataKey) };
  return new Exchanges({ ...parts, listCache });
}

function stateOf({ enabled, failures, fault, succeededAt }: StoredExchange): string {
  if (!enabled) return 'off';
  if (failures > 0) return fault ?? 'failing';
  return succeededAt === null ? 'new' : 'works';
}

const credentialsSchema = z.record(z.string(), z.string());

/** Never on the command line, where every user of the machine can read it. @throws UsageError, which shows nothing of the file */
async function readCredentials(file: string): Promise<Credentials> {
  const given = file === '-' ? await text(process.stdin) : await readText(file);
  try {
    return credentialsSchema.parse(JSON.parse(given));
  } catch {
    const what = file === '-' ? 'the standard input' : file;
    throw new UsageError(`--credentials: ${what} is no JSON object of texts, such as {"username":"us","password":"secret"}`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--credentials: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function withOption(given: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^(\w{1,40})=(.{0,4096})$/.exec(given) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Expected a name and a value, such as wait=20.');
  return { ...before, [name]: value };
}
