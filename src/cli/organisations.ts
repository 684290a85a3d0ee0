import { Command, InvalidArgumentError, Option } from 'commander';
import { fetchSourceOf } from '../domain/fetch-sources.js';
import {
  type OrganisationKind,
  type OrganisationSettings,
  organisationKinds,
  type Telling,
  tellings,
} from '../domain/organisation.js';
import { regimeIds } from '../domain/regimes.js';
import { choice, idOption, jsonOption, keyOption, wholeNumber } from './options.js';
import { type ActingOptions, print, table, UsageError, withActor, withDatabase } from './run.js';

interface ConfigureOptions extends ActingOptions {
  regimes?: string[];
  verdictDays?: number;
  queryHours?: number;
  tells?: Telling;
  contact?: string;
  sharesFeedback?: 'yes' | 'no';
  fetchesFrom?: string[];
}

interface CreateOptions extends ActingOptions {
  id: string;
  name: string;
  kind: OrganisationKind;
}

export function organisationsCommand(): Command {
  const command = new Command('organisations').description('manage the organisations that use this service');
  command
    .command('create')
    .description('create an organisation; after set-up, a second operator must confirm it')
    .addOption(idOption('id of the organisation'))
    .requiredOption('--name <name>', 'name of the organisation')
    .addOption(choice('--kind <kind>', 'kind of organisation', organisationKinds))
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(create);
  command
    .command('confirm')
    .description('confirm an organisation that another operator created')
    .argument('<id>', 'id of the organisation')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(confirm);
  command
    .command('configure')
    .description('change the settings of an organisation')
    .argument('<id>', 'id of the organisation')
    .option('--regimes <ids>', 'legal regimes whose deadlines apply, separated by commas; "none" removes all', regimesOf)
    .option('--verdict-days <n>', 'days to keep its verdicts, 1 to 3650', wholeNumber(1, 3_650))
    .option('--query-hours <n>', 'hours to keep the hashes of its queries for previews, 0 to 168', wholeNumber(0, 168))
    .addOption(new Option('--tells <detail>', 'whether its verdicts show distances or only bands').choices([...tellings]))
    .option('--contact <text>', 'whom others may ask about its entries; "none" removes it')
    .addOption(new Option('--shares-feedback <answer>', 'whether its feedback goes back to the exchanges').choices(['yes', 'no']))
    .option('--fetches-from <hosts>', 'hosts to fetch images from, separated by commas; "none" removes all', sourcesOf)
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(configure);
  command.command('list').description('list organisations').addOption(jsonOption()).action(list);
  return command;
}

async function create({ id, name, kind, ...options }: CreateOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ accounts, actor }) => {
    const created = await accounts.createOrganisation(actor, { id, name, kind });
    const next = created.confirmedAt ? '' : `; a second operator must confirm it: vigie organisations confirm ${id}`;
    print(options.json, created, `created organisation ${id}${next}`);
  });
}

async function confirm(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ accounts, actor }) => {
    print(options.json, await accounts.confirmOrganisation(actor, id), `confirmed organisation ${id}`);
  });
}

async function configure(id: string, options: ConfigureOptions): Promise<void> {
  const { regimes, verdictDays, queryHours, tells, contact, sharesFeedback, fetchesFrom } = options;
  const patch: Partial<OrganisationSettings> = {
    ...(regimes && { regimes }),
    ...(verdictDays !== undefined && { verdictDays }),
    ...(queryHours !== undefined && { queryHours }),
    ...(tells && { tells }),
    ...(contact && { contact: contact === 'none' ? null : contact }),
    ...(sharesFeedback && { sharesFeedback: sharesFeedback === 'yes' }),
    ...(fetchesFrom && { fetchesFrom }),
  };
  if (Object.keys(patch).length === 0)
    throw new UsageError(
      'nothing to change: give at least one of --regimes, --verdict-days, --query-hours, --tells, --contact, --shares-feedback, --fetches-from',
    );
  await withActor(options, ['operator'], async ({ accounts, actor }) => {
    const { organisation, waiting } = await accounts.configureOrganisation(actor, id, patch);
    const text = waiting ? `the change of organisation ${id} waits for a second operator` : `configured organisation ${id}`;
    print(options.json, { ...organisation, waiting }, text);
  });
}

function regimesOf(text: string): string[] {
  const ids = text === 'none' ? [] : [...new Set(text.split(',').map((id) => id.trim()))];
  const unknown = ids.find((id) => !regimeIds.includes(id));
  if (unknown === undefined) return ids;
  throw new InvalidArgumentError(`There is no regime "${unknown}". Expected "none", or any of ${regimeIds.join(', ')}.`);
}

function sourcesOf(text: string): string[] {
  const given = text === 'none' ? [] : text.split(',').map((source) => source.trim());
  const sources = given.map((source) => {
    const known = fetchSourceOf(source);
    if (known !== undefined) return known;
    throw new InvalidArgumentError(
      `"${source}" is not a host such as images.example.org, .example.org or images.example.org:8443.`,
    );
  });
  return [...new Set(sources)].sort();
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.organisations.all();
    const rows = items.map(({ id, kind, name, confirmedAt }) => [id, kind, confirmedAt ? 'confirmed' : 'waiting', name]);
    print(json, { items }, table([['id', 'kind', 'state', 'name'], ...rows]));
  });
}
