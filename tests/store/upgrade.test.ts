import { afterAll, describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/policy.js';
import { isVerified } from '../../src/domain/standing.js';
import type { Candidate } from '../../src/domain/verdict.js';
import { KeyCache } from '../../src/service/accounts/key-cache.js';
import { identityOf } from '../../src/service/entries/enrolment.js';
import { ListCache } from '../../src/service/lists/list-cache.js';
import { openTestDatabase } from '../support/database.js';
import { createOldDatabase, type OldContent, type OldEntry, oldEntry, textOf } from './schema-0005.js';

const keys = {
  analyst: { id: 'analyst00001', organisation: 'hotline', role: 'analyst' },
  second: { id: 'analyst00002', organisation: 'hotline', role: 'reviewer' },
  flagger: { id: 'flagger00001', organisation: 'helpline', role: 'flagger' },
  video: { id: 'platform0001', organisation: 'video', role: 'platform' },
  chat: { id: 'platform0002', organisation: 'chat', role: 'platform' },
  revoked: { id: 'revoked00001', organisation: 'hotline', role: 'operator', revokedAt: new Date() },
  expired: { id: 'expired00001', organisation: 'hotline', role: 'operator', expiresAt: new Date('2020-01-01') },
} as const;
const of = (list: string) => ({
  draft: oldEntry(list, 'draft', keys.analyst.id),
  verified: oldEntry(list, 'verified', keys.analyst.id),
  withdrawn: oldEntry(list, 'withdrawn', keys.analyst.id),
});
const [removing, harmless, off] = [of('removing'), of('harmless'), of('off')];
const flagged = oldEntry('removing', 'draft', keys.flagger.id);
const ofFile: OldEntry = { ...oldEntry('removing', 'verified', keys.analyst.id), pdq: null };
const entries: readonly OldEntry[] = [...[removing, harmless, off].flatMap((one) => Object.values(one)), flagged, ofFile];
const withdrawn = entries.filter(({ status }) => status === 'withdrawn');

const lists = [
  { id: 'removing', action: 'remove_and_report', enabled: true },
  { id: 'harmless', action: 'suppress', enabled: true },
  { id: 'off', action: 'remove', enabled: false },
  { id: 'test', action: 'test_match', enabled: true },
];
const organisations = { hotline: 'hotline', video: 'platform', chat: 'platform' };
const withHelpline = { ...organisations, helpline: 'helpline' };

async function upgrade(content: OldContent) {
  const { test, ordinals } = await createOldDatabase(content);
  const opened = await openTestDatabase(test);
  afterAll(async () => {
    await opened.database.close();
    await test.drop();
  });
  const listCache = new ListCache();
  listCache.replaceAll(await opened.stores.lists.all(), await opened.stores.lists.stamps());
  return { ...opened, ordinals, listCache };
}

const { database, stores, ordinals, listCache } = await upgrade({
  organisations: withHelpline,
  keys: Object.values(keys),
  lists,
  entries,
});

/** The verdict of platform `video` for content near or equal to an entry. */
async function verdictOf({ pdq, sha256 }: OldEntry, by: 'pdq' | 'sha256'): Promise<string> {
  const hits =
    by === 'pdq'
      ? (await stores.hashes.within('pdq', [pdq ?? ''], 0)).flat()
      : await stores.hashes.equal([{ algorithm: 'sha256', value: sha256 }]);
  const query = { orientation: 'identity', negative: false, queryQuality: 100, queryVariant: 'full' } as const;
  const candidates = hits.map((hit): Candidate => ({ ...hit, ...query }));
  return decide(candidates, { ...listCache.matchable('video'), organisation: 'video', unscannable: null }).verdict;
}

describe('an earlier entry', () => {
  it('of a file without its picture has the identity that an enrolment gives it today', async () => {
    const [row] = await database.query("select encode(identity, 'hex') as identity from entry where id = $1", [ofFile.uuid]);
    expect(row?.identity).toBe(identityOf([{ algorithm: 'sha256', variant: 'full', hex: ofFile.sha256.toString('hex') }]));
  });

  it('that is a draft has waited since it was enrolled', async () => {
    const [row] = await database.query('select status_since = created_at::timestamptz(3) as same from entry where id = $1', [
      removing.draft.uuid,
    ]);
    expect(row?.same).toBe(true);
  });

  it.each([removing.verified, harmless.verified, off.verified])('is verified as its list requires: $list', async (entry) => {
    const [indexed] = await stores.hashes.current([entry.uuid]);
    const list = listCache.get(entry.list);
    expect(indexed && list && isVerified(indexed.standing, list.verification)).toBe(true);
    const stored = await stores.entries.get(entry.uuid);
    expect(stored).toMatchObject({ status: 'verified', organisation: 'hotline', sourceCodes: [], synthetic: false });
  });

  it.each(['pdq', 'sha256'] as const)('still matches by its %s', async (by) => {
    expect(await verdictOf(removing.verified, by)).toBe('remove_and_report');
    expect(await verdictOf(removing.draft, by)).toBe('hold_for_review');
    expect(await verdictOf(harmless.verified, by)).toBe('suppressed');
    expect(await verdictOf(harmless.draft, by)).toBe('no_known_match');
    expect(await verdictOf(off.verified, by)).toBe('no_known_match');
  });

  it('that was a draft is still an unconfirmed draft', async () => {
    expect(await stores.entries.get(removing.draft.uuid)).toMatchObject({ status: 'draft', verification: { people: 0 } });
  });

  it('of a flagger is still replaced by an enrolment', async () => {
    const [row] = await database.query('select flagged, organisation from entry where id = $1', [flagged.uuid]);
    expect(row).toEqual({ flagged: true, organisation: 'helpline' });
  });

  it('belongs to the person of its key, and unnamed keys share one person per organisation', async () => {
    const people = await database.query(
      'select organisation, count(distinct person)::int as people from api_key group by 1 order by 1',
    );
    expect(people.map(({ people: count }) => count)).toEqual([1, 1, 1, 1]);
  });
});

describe('an earlier withdrawn entry', () => {
  it('stays withdrawn and loses its hashes and its digest', async () => {
    for (const { uuid, sha256, pdq } of withdrawn) {
      expect(await stores.entries.get(uuid)).toMatchObject({ status: 'withdrawn' });
      expect(await database.query('select from hash where entry = $1', [uuid])).toEqual([]);
      expect(await database.query('select from entry where identity = $1', [sha256])).toEqual([]);
      expect([
        await stores.hashes.equal([{ algorithm: 'sha256', value: sha256 }]),
        await stores.hashes.within('pdq', [pdq ?? ''], 0),
      ]).toEqual([[], [[]]]);
    }
  });

  it('leaves every index, by the ordinals in the change feed', async () => {
    const changes = await database.query<{ subject: string; ordinals: number[] }>(
      'select subject, ordinals from change where ordinals is not null',
    );
    const gone = new Map(changes.map(({ subject, ordinals: of }) => [subject, of.toSorted((a, b) => a - b)]));
    expect(gone).toEqual(new Map(withdrawn.map(({ uuid }) => [uuid, ordinals.get(uuid)])));
  });

  it('does not affect the hashes of other entries', async () => {
    const standing = entries.filter(({ status }) => status !== 'withdrawn');
    const indexed = await stores.hashes.current(entries.map(({ uuid }) => uuid));
    expect(indexed.flatMap(({ hashes }) => hashes.map(({ ordinal }) => ordinal)).toSorted((a, b) => a - b)).toEqual(
      standing.flatMap(({ uuid }) => ordinals.get(uuid) ?? []),
    );
  });
});

describe('an earlier list', () => {
  it.each(['video', 'chat'])('that was enabled is matched for every platform: %s', (platform) => {
    const matched = [...listCache.matchable(platform).lists.keys()];
    expect(matched.toSorted()).toEqual(['harmless', 'removing', 'test']);
    expect(listCache.visibleTo(platform).map(({ id }) => id)).toEqual(['harmless', 'removing', 'test']);
  });

  it('grants rights to the organisations whose keys had them', () => {
    expect([...listCache.rights('off', 'hotline')]).toEqual(['read', 'enrol', 'verify']);
    expect([...listCache.rights('removing', 'helpline')]).toEqual(['enrol']);
  });

  it('belongs to the only organisation that can own it, or to none', async () => {
    expect((await stores.lists.all()).map(({ organisation }) => organisation)).toEqual([null, null, null, null]);
    const hotlines = Object.values(keys).filter(({ organisation }) => organisation !== 'helpline');
    const { stores: others } = await upgrade({ organisations, keys: hotlines, lists, entries: [] });
    expect((await others.lists.all()).map(({ organisation }) => organisation)).toEqual(lists.map(() => 'hotline'));
  });

  it('requires no confirmation, or two people of two organisations to suppress', async () => {
    for (const { id, action } of lists) {
      const required = action === 'suppress' ? 2 : 0;
      expect(listCache.get(id)?.verification).toEqual({ people: required, organisations: required });
    }
  });
});

describe('an earlier key', () => {
  const keyCache = new KeyCache();
  const open = (key: (typeof keys)[keyof typeof keys]) => keyCache.authenticate(`Bearer ${textOf(key)}`, Date.now());

  it('keeps its rights and belongs to a person', async () => {
    keyCache.replaceAll(await stores.keys.records(null));
    for (const key of [keys.analyst, keys.second, keys.flagger, keys.video, keys.chat]) {
      const { organisation, role } = key;
      expect(open(key)).toMatchObject({ organisation, role, person: expect.any(Number), trust: 'full', quotaDay: null });
    }
  });

  it.each([keys.revoked, keys.expired])('that was not valid is still not valid: $id', async (key) => {
    keyCache.replaceAll(await stores.keys.records(null));
    expect(() => open(key)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  });
});
