/** People and entries for tests of entry review. */
import { createHash } from 'node:crypto';
import { type Actor, setup } from '../../src/domain/actor.js';
import type { Role } from '../../src/domain/key.js';
import { newList } from '../../src/domain/list.js';
import { identityOf } from '../../src/service/entries/enrolment.js';
import { EntryReview } from '../../src/service/entries/entry-review.js';
import { Tombstones } from '../../src/service/entries/tombstones.js';
import { ListCache } from '../../src/service/lists/list-cache.js';
import type { NewEntry, NewHash } from '../../src/store/entries.js';
import { testDataKey } from '../support/data-key.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, type OwnDatabase, pdqHash, uuidOf } from '../support/own-database.js';
import { keyOf } from '../support/seed.js';

const random = randomFrom(47);
const tombstones = new Tombstones(testDataKey);

/** List `pair` requires two people, and `others` may verify in it. */
export const twoPeople = { people: 2, organisations: 1 };

export function pictureHashes(): readonly NewHash[] {
  const hex = createHash('sha256').update(randomHash(random)).digest('hex');
  const digest = { algorithm: 'sha256', variant: 'full', hex, quality: null } as const;
  return [pdqHash(randomHash(random)), pdqHash(randomHash(random), { variant: 'region_left' }), digest];
}

export function newDraft(hashes = pictureHashes(), changes: Partial<NewEntry> = {}): NewEntry {
  const facts = {
    list: 'pair',
    status: 'draft',
    identity: Buffer.from(identityOf(hashes), 'hex'),
    marks: tombstones.marksOf(hashes),
  } as const;
  return newEntryOf(hashes, { ...facts, ...changes });
}

export const linesOf = (hashes: readonly NewHash[]) =>
  hashes.map(({ algorithm, variant, hex }) => `${algorithm} ${variant} ${hex}`);

/** The review service and its people, with the lists `pair` and `shown`. */
export async function openReview({ stores }: OwnDatabase) {
  const facts = { title: 'Pair', class: 'ncii_adult', action: 'remove', organisation: 'tests', verification: twoPeople } as const;
  const granted = (rights: readonly ('read' | 'verify')[]) => [{ organisation: 'others', rights }];
  await stores.lists.create(newList({ ...facts, id: 'pair', grants: granted(['read', 'verify']) }), setup);
  await stores.lists.create(newList({ ...facts, id: 'shown', grants: granted(['read']) }), setup);
  const listCache = new ListCache();
  listCache.replaceAll(await stores.lists.all(), await stores.lists.stamps());
  const follower = { applyEntries: async () => {}, refresh: async () => {} };
  const logged: unknown[] = [];
  const standing = new EntryReview({
    store: stores.entryReview,
    listCache,
    tombstones,
    follower,
    log: { warn: (...line: unknown[]) => void logged.push(line) },
  });

  const actorOf = async (role: Role, organisation: 'tests' | 'others'): Promise<Actor> => {
    const key = keyOf(role, organisation).split('_')[1] ?? '';
    const [record] = await stores.keys.records([key]);
    if (!record) throw new Error(`no key of ${role} of ${organisation}`);
    return { person: record.person, organisation, key, via: 'key' };
  };
  const author = await actorOf('analyst', 'tests');
  const people = { author, reviewer: await actorOf('reviewer', 'tests'), police: await actorOf('reviewer', 'others') };

  return {
    standing,
    logged,
    ...people,
    enrol: async (entry = newDraft()) => (await stores.entries.create(entry, author))?.entry.id ?? '',
    statusOf: async (id: string) => (await stores.entries.get(uuidOf(id)))?.status,
    foundOf: async (id: string) => {
      const entries = await stores.hashes.current([uuidOf(id)]);
      return entries.flatMap(({ hashes }) =>
        hashes.map(({ algorithm, variant, value }) => `${algorithm} ${variant} ${Buffer.from(value).toString('hex')}`),
      );
    },
  };
}

/** Waits for all and returns the errors. */
export async function refusedOf(work: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(work);
  return settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
}
