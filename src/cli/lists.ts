import { Command } from 'commander';
import { type ContentClass, contentClasses, defaultThresholds, type ListAction, listActions } from '../domain/list.js';
import { choice, print, table, UsageError, withDatabase } from './run.js';

interface CreateOptions {
  id: string;
  title: string;
  class: ContentClass;
  action: ListAction;
  json?: boolean;
}

/** `vigie lists create | list` */
export function listsCommand(): Command {
  const command = new Command('lists').description('hash lists');
  command
    .command('create')
    .description('create a hash list')
    .requiredOption('--id <id>', '1-63 of a-z, 0-9 and -')
    .requiredOption('--title <title>', 'what people read')
    .addOption(choice('--class <class>', 'what its entries show', contentClasses))
    .addOption(choice('--action <action>', 'what a match leads to', listActions))
    .option('--json', 'print one JSON document')
    .action(create);
  command.command('list').description('list hash lists').option('--json', 'print one JSON document').action(list);
  return command;
}

async function create({ json, ...options }: CreateOptions): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(options.id)) throw new UsageError(`--id ${options.id}: must be 1-63 of a-z, 0-9 and -`);
  await withDatabase(async ({ stores }) => {
    const created = await stores.lists.create({ ...options, thresholds: defaultThresholds, enabled: true });
    if (!created) throw new Error(`list "${options.id}" exists already`);
    print(json, created, `created list ${created.id}`);
  });
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.lists.all();
    const rows = items.map((one) => [one.id, one.class, one.action, one.enabled ? 'enabled' : 'disabled', one.title]);
    print(json, { items }, table([['id', 'class', 'action', 'state', 'title'], ...rows]));
  });
}
