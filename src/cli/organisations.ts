import { Command } from 'commander';
import { type OrganisationKind, organisationKinds } from '../domain/organisation.js';
import { type ActingOptions, choice, keyOption, print, table, UsageError, withActor, withDatabase } from './run.js';

interface CreateOptions extends ActingOptions {
  id: string;
  name: string;
  kind: OrganisationKind;
}

/** `vigie organisations create | confirm | list` */
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

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.organisations.all();
    const rows = items.map(({ id, kind, name, confirmedAt }) => [id, kind, confirmedAt ? 'confirmed' : 'waiting', name]);
    print(json, { items }, table([['id', 'kind', 'state', 'name'], ...rows]));
  });
}
