import { Command, Option } from 'commander';
import {
  type OrganisationKind,
  type OrganisationSettings,
  organisationKinds,
  type Telling,
  tellings,
} from '../domain/organisation.js';
import { regimeIds } from '../domain/regimes.js';
import { type ActingOptions, choice, keyOption, print, table, UsageError, withActor, withDatabase } from './run.js';

interface ConfigureOptions extends ActingOptions {
  regimes?: string;
  verdictDays?: string;
  queryHours?: string;
  tells?: Telling;
}

interface CreateOptions extends ActingOptions {
  id: string;
  name: string;
  kind: OrganisationKind;
}

/** `vigie organisations create | confirm | configure | list` */
export function organisationsCommand(): Command {
  const command = new Command('organisations').description('who uses this service');
  command
    .command('create')
    .description('create an organisation; a second operator confirms it')
    .requiredOption('--id <id>', '1-63 of a-z, 0-9 and -')
    .requiredOption('--name <name>', 'its name')
    .addOption(choice('--kind <kind>', 'what it is', organisationKinds))
    .addOption(keyOption())
    .option('--json', 'print one JSON document')
    .action(create);
  command
    .command('confirm')
    .description('confirm what another operator created')
    .argument('<id>', 'the organisation')
    .addOption(keyOption())
    .option('--json', 'print one JSON document')
    .action(confirm);
  command
    .command('configure')
    .description('change what holds for an organisation')
    .argument('<id>', 'the organisation')
    .option('--regimes <ids>', 'legal regimes whose clocks run, with commas between; "none" for none')
    .option('--verdict-days <n>', 'days that its verdicts are kept, 1-3650')
    .option('--query-hours <n>', 'hours that hashes of its queries are kept for previews, 0-168')
    .addOption(new Option('--tells <what>', 'what its verdicts tell of nearness').choices([...tellings]))
    .addOption(keyOption())
    .option('--json', 'print one JSON document')
    .action(configure);
  command.command('list').description('list organisations').option('--json', 'print one JSON document').action(list);
  return command;
}

async function create({ id, name, kind, ...options }: CreateOptions): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) throw new UsageError(`--id ${id}: must be 1-63 of a-z, 0-9 and -`);
  await withActor(options, ['operator'], async ({ people, actor }) => {
    const created = await people.createOrganisation(actor, { id, name, kind });
    const rest = created.confirmedAt ? '' : '; a second operator confirms it: vigie organisations confirm ';
    print(options.json, created, `created organisation ${id}${rest && rest + id}`);
  });
}

async function confirm(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ people, actor }) => {
    print(options.json, await people.confirmOrganisation(actor, id), `confirmed organisation ${id}`);
  });
}

async function configure(id: string, options: ConfigureOptions): Promise<void> {
  const { regimes, verdictDays, queryHours, tells } = options;
  const patch: Partial<OrganisationSettings> = {
    ...(regimes !== undefined && { regimes: regimesOf(regimes) }),
    ...(verdictDays !== undefined && { verdictDays: numberOf('--verdict-days', verdictDays, 1, 3_650) }),
    ...(queryHours !== undefined && { queryHours: numberOf('--query-hours', queryHours, 0, 168) }),
    ...(tells && { tells }),
  };
  if (Object.keys(patch).length === 0) throw new UsageError('give one of --regimes, --verdict-days, --query-hours, --tells');
  await withActor(options, ['operator'], async ({ people, actor }) => {
    print(options.json, await people.configureOrganisation(actor, id, patch), `configured organisation ${id}`);
  });
}

function regimesOf(text: string): string[] {
  const ids = text === 'none' ? [] : [...new Set(text.split(',').map((id) => id.trim()))];
  const unknown = ids.find((id) => !regimeIds.includes(id));
  if (unknown === undefined) return ids;
  throw new UsageError(`--regimes ${text}: there is no "${unknown}"; there are ${regimeIds.join(', ')}, or none`);
}

function numberOf(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`${option} ${text}: must be from ${least} to ${most}`);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.organisations.all();
    const rows = items.map(({ id, kind, name, confirmedAt }) => [id, kind, confirmedAt ? 'confirmed' : 'waiting', name]);
    print(json, { items }, table([['id', 'kind', 'state', 'name'], ...rows]));
  });
}
