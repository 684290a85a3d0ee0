import { Command } from 'commander';
import { type OrganisationKind, organisationKinds } from '../store/organisations.js';
import { choice, print, table, UsageError, withDatabase } from './run.js';

interface CreateOptions {
  id: string;
  name: string;
  kind: OrganisationKind;
  json?: boolean;
}

/** `vigie organisations create | list` */
export function organisationsCommand(): Command {
  const command = new Command('organisations').description('who uses this service');
  command
    .command('create')
    .description('create an organisation')
    .requiredOption('--id <id>', '1-63 of a-z, 0-9 and -')
    .requiredOption('--name <name>', 'its name')
    .addOption(choice('--kind <kind>', 'what it is', organisationKinds))
    .option('--json', 'print one JSON document')
    .action(create);
  command.command('list').description('list organisations').option('--json', 'print one JSON document').action(list);
  return command;
}

async function create({ json, ...organisation }: CreateOptions): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(organisation.id))
    throw new UsageError(`--id ${organisation.id}: must be 1-63 of a-z, 0-9 and -`);
  await withDatabase(async ({ stores }) => {
    if (!(await stores.organisations.create(organisation))) throw new Error(`organisation "${organisation.id}" exists already`);
    print(json, organisation, `created organisation ${organisation.id}`);
  });
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.organisations.list();
    print(json, { items }, table([['id', 'kind', 'name'], ...items.map(({ id, kind, name }) => [id, kind, name])]));
  });
}
