import { Command } from 'commander';
import { type ContentClass, contentClasses, type ListAction, type ListRight, listActions, listRights } from '../domain/list.js';
import { ListBook } from '../service/list-book.js';
import { Lists } from '../service/lists.js';
import type { Stores } from '../store/stores.js';
import { type ActingOptions, choice, keyOption, print, table, UsageError, withActor, withDatabase } from './run.js';

interface CreateOptions extends ActingOptions {
  id: string;
  title: string;
  class: ContentClass;
  action: ListAction;
  organisation?: string;
  open?: boolean;
  closed?: boolean;
}

interface GrantOptions extends ActingOptions {
  organisation: string;
  rights: string;
}

/** `vigie lists create | grant | list` */
export function listsCommand(): Command {
  const command = new Command('lists').description('hash lists');
  command
    .command('create')
    .description('create a hash list')
    .requiredOption('--id <id>', '1-63 of a-z, 0-9 and -')
    .requiredOption('--title <title>', 'what people read')
    .addOption(choice('--class <class>', 'what its entries show', contentClasses))
    .addOption(choice('--action <action>', 'what a match leads to', listActions))
    .option('--organisation <id>', 'whose it is; default: that of the key')
    .option('--open', 'every organisation may match against it; the default while the service is set up')
    .option('--closed', 'only its owner, and whom it is granted to; the default afterwards')
    .addOption(keyOption())
    .option('--json', 'print one JSON document')
    .action(create);
  command
    .command('grant')
    .description('say what an organisation may do with a list')
    .argument('<id>', 'the list')
    .requiredOption('--organisation <id>', 'who')
    .requiredOption('--rights <rights>', `of ${listRights.join(', ')}, with commas between; none: nothing any more`)
    .addOption(keyOption())
    .option('--json', 'print one JSON document')
    .action(grant);
  command.command('list').description('list hash lists').option('--json', 'print one JSON document').action(list);
  return command;
}

async function create({ id, title, class: contentClass, action, ...options }: CreateOptions): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) throw new UsageError(`--id ${id}: must be 1-63 of a-z, 0-9 and -`);
  await withActor(options, ['operator'], async ({ stores, actor }) => {
    const organisation = options.organisation ?? actor.organisation ?? (await likelyOwner(stores));
    const open = options.open ?? (actor.via === 'setup' && !options.closed);
    const given = { id, title, class: contentClass, action, organisation, open };
    const created = await listsOf(stores).create(actor, given);
    const { people, organisations } = created.verification;
    const needs = `its entries need ${people} people of ${organisations} organisations to confirm them`;
    print(options.json, created, `created list ${id} of ${organisation ?? 'nobody'}: ${needs}`);
  });
}

/** Before keys say who acts: the one organisation that is no platform, or the only one there is. */
async function likelyOwner({ organisations }: Stores): Promise<string | null> {
  const all = await organisations.all();
  const others = all.filter(({ kind }) => kind !== 'platform');
  const candidates = others.length > 0 ? others : all;
  if (candidates.length > 1) {
    throw new UsageError(`--organisation: say whose list it is, of ${candidates.map(({ id }) => id).join(', ')}`);
  }
  return candidates[0]?.id ?? null;
}

async function grant(id: string, { organisation, rights, ...options }: GrantOptions): Promise<void> {
  const given = rights === 'none' ? [] : rights.split(',').map(rightOf);
  await withActor(options, ['operator'], async ({ stores, actor }) => {
    const { grants } = await listsOf(stores).grant(actor, id, organisation, given);
    print(options.json, { items: grants }, `${organisation} may ${given.join(', ') || 'do nothing'} with list ${id}`);
  });
}

function rightOf(text: string): ListRight {
  const right = listRights.find((one) => one === text.trim());
  if (!right) throw new UsageError(`--rights ${text}: must be of ${listRights.join(', ')}, or none`);
  return right;
}

/** On the database alone: a server learns of it from the feed. */
function listsOf(stores: Stores): Lists {
  return new Lists(stores.lists, new ListBook(), { refresh: async () => {} });
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.lists.all();
    const rows = items.map((one) => [one.id, one.class, one.action, one.enabled ? 'enabled' : 'disabled', one.title]);
    print(json, { items }, table([['id', 'class', 'action', 'state', 'title'], ...rows]));
  });
}
