import { Command, InvalidArgumentError } from 'commander';
import { VigieError } from '../domain/errors.js';
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
  command
    .command('delete')
    .description('delete a disabled list for good; after set-up, a second operator must confirm it')
    .argument('<id>', 'id of the list')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(remove);
  command
    .command('proposals')
    .description('show the changes that wait for a second operator')
    .addOption(jsonOption())
    .action(proposals);
  command
    .command('confirm')
    .description('confirm a change of a list that another operator proposed')
    .argument('<id>', 'id of the list')
    .requiredOption('--proposal <id>', 'id of the change that you have read')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(confirm);
  command
    .command('decline')
    .description('discard a change of a list that waits')
    .argument('<id>', 'id of the list')
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(decline);
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

async function remove(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ stores, actor }) => {
    const { waiting } = await listsOf(stores).delete(actor, id);
    const text = waiting ? `the deletion of list ${id} waits for a second operator` : `deleted list ${id}`;
    print(options.json, { id, waiting }, text);
  });
}

async function proposals({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const cache = new ListCache();
    cache.replaceAll(await stores.lists.all(), new Map());
    const items = await listsOf(stores, cache).proposals();
    const rows = items.flatMap(({ id, of, changes }) =>
      changes.map(({ field, from, to }) => [id, of, field, JSON.stringify(from), JSON.stringify(to)]),
    );
    print(json, { items }, table([['proposal', 'list', 'field', 'now', 'proposed'], ...rows]));
  });
}

async function confirm(id: string, { proposal, ...options }: ActingOptions & { proposal: string }): Promise<void> {
  await withActor(options, ['operator'], async ({ stores, actor }) => {
    print(options.json, await listsOf(stores).confirm(actor, id, proposal), `confirmed the change of list ${id}`);
  });
}

async function decline(id: string, options: ActingOptions): Promise<void> {
  await withActor(options, ['operator'], async ({ stores, actor }) => {
    const waiting = (await stores.lists.proposals()).find(({ list }) => list === id);
    if (!waiting || !(await listsOf(stores).decline(actor, waiting.id)))
      throw new VigieError('conflict', `list "${id}" has no change that waits for confirmation`);
    print(options.json, { id, declined: waiting.id }, `declined the change of list ${id}`);
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
function listsOf(stores: Stores, cache = new ListCache()): Lists {
  return new Lists(stores.lists, cache, { refresh: async () => {} }, stores.keys);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    const items = await stores.lists.all();
    const rows = items.map((one) => [one.id, one.class, one.action, one.enabled ? 'enabled' : 'disabled', one.title]);
    print(json, { items }, table([['id', 'class', 'action', 'state', 'title'], ...rows]));
  });
}
