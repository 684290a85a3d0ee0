import { Command } from 'commander';
import {
  type ContentClass,
  contentClasses,
  type Grant,
  type ListAction,
  type ListRight,
  listActions,
  listRights,
} from '../domain/list.js';
import { ListCache } from '../service/lists/list-cache.js';
import { Lists } from '../service/lists/lists.js';
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
    const inSetup = actor.via === 'setup';
    const { owner, grants } = inSetup ? await sharedBy(stores, options.organisation) : { owner: actor.organisation, grants: [] };
    const organisation = options.organisation ?? owner;
    const open = options.open ?? (inSetup && !options.closed);
    const given = { id, title, class: contentClass, action, organisation, open, grants: options.closed ? [] : grants };
    const { list: created } = await listsOf(stores).create(actor, given);
    const { people } = created.verification;
    const who = organisation ? `, of ${organisation}` : '';
    print(options.json, created, `created list ${id}${who}; entries to be confirmed by ${people}`);
  });
}

/**
 * Whose a list is, and who else works on it, while the service is set up and nobody is asked yet: the operator's, or the first that is no
 * platform; the others that list content may enrol and verify. `vigie lists grant` and `--closed` say otherwise.
 */
async function sharedBy(
  { organisations }: Stores,
  chosen: string | undefined,
): Promise<{ owner: string | null; grants: readonly Grant[] }> {
  const all = await organisations.all();
  const listing = all.filter(({ kind }) => kind !== 'platform');
  const owner = chosen ?? (listing.find(({ kind }) => kind === 'operator') ?? listing[0] ?? all[0])?.id ?? null;
  const others = listing.filter(({ id }) => id !== owner);
  return { owner, grants: others.map(({ id }) => ({ organisation: id, rights: ['read', 'enrol', 'verify'] })) };
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
  return new Lists(stores.lists, new ListCache(), { refresh: async () => {} }, stores.keys);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.lists.all();
    const rows = items.map((one) => [one.id, one.class, one.action, one.enabled ? 'enabled' : 'disabled', one.title]);
    print(json, { items }, table([['id', 'class', 'action', 'state', 'title'], ...rows]));
  });
}
