import { Command, InvalidArgumentError } from 'commander';
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
import { choice, idOption, jsonOption, keyOption } from './options.js';
import { type ActingOptions, count, print, table, withActor, withDatabase } from './run.js';

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
  rights: readonly ListRight[];
}

export function listsCommand(): Command {
  const command = new Command('lists').description('manage hash lists');
  command
    .command('create')
    .description('create a hash list')
    .addOption(idOption('id of the list'))
    .requiredOption('--title <title>', 'title of the list')
    .addOption(choice('--class <class>', 'content class of its entries', contentClasses))
    .addOption(choice('--action <action>', 'action that a match leads to', listActions))
    .option('--organisation <id>', 'organisation that owns the list (default: the organisation of the key)')
    .option('--open', 'every organisation may match against the list (default during set-up)')
    .option('--closed', 'only the owner and organisations with rights may use the list (default after set-up)')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(create);
  command
    .command('grant')
    .description('set the rights of an organisation on a list')
    .argument('<id>', 'id of the list')
    .requiredOption('--organisation <id>', 'organisation that gets the rights')
    .requiredOption('--rights <rights>', `${listRights.join(', ')}, separated by commas; "none" removes all rights`, rightsOf)
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(grant);
  command.command('list').description('list hash lists').addOption(jsonOption()).action(list);
  return command;
}

async function create({ id, title, class: contentClass, action, ...options }: CreateOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ stores, actor }) => {
    const inSetup = actor.via === 'setup';
    const { owner, grants } = inSetup
      ? await setupSharing(stores, options.organisation)
      : { owner: actor.organisation, grants: [] };
    const organisation = options.organisation ?? owner;
    const open = options.open ?? (inSetup && !options.closed);
    const given = { id, title, class: contentClass, action, organisation, open, grants: options.closed ? [] : grants };
    const { list: created } = await listsOf(stores).create(actor, given);
    const { people } = created.verification;
    const owned = organisation ? `, owned by ${organisation}` : '';
    print(options.json, created, `created list ${id}${owned}; each entry needs ${count(people, 'confirmation')}`);
  });
}

/** During set-up all organisations except platforms share a new list. The operator's organisation owns it, if there is one. */
async function setupSharing(
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
  await withActor(options, ['operator'], async ({ stores, actor }) => {
    const { list: changed, waiting } = await listsOf(stores).grant(actor, id, organisation, rights);
    const until = waiting ? ', once a second operator confirms it' : '';
    print(
      options.json,
      { items: changed.grants, waiting },
      `rights of ${organisation} on list ${id}: ${rights.join(', ') || 'none'}${until}`,
    );
  });
}

function rightsOf(text: string): readonly ListRight[] {
  return text === 'none' ? [] : text.split(',').map(rightOf);
}

function rightOf(text: string): ListRight {
  const right = listRights.find((one) => one === text.trim());
  if (!right) throw new InvalidArgumentError(`Expected "none", or any of ${listRights.join(', ')}.`);
  return right;
}

/** A running server learns of the change from the change feed. */
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
