import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { defaultThresholds, type List, type NewList, newList } from '../../src/domain/list.js';
import { openOwnDatabase } from '../support/own-database.js';
import { seededLists } from '../support/seed.js';

const { database, stores } = await openOwnDatabase();
const { keys, lists, organisations } = stores;
const secretSha256 = Uint8Array.from({ length: 32 }, (_, at) => at);

describe('keys', () => {
  it('are read as they were stored', async () => {
    const expiresAt = new Date('2030-01-02T03:04:05Z');
    const limits = { trust: 'low', quotaMinute: 60, quotaDay: 0 } as const;
    const key = { id: 'aaaaaaaaaaa1', organisation: 'tests', role: 'auditor', secretSha256, expiresAt, ...limits } as const;
    await keys.create(key, setup, true);
    const [record] = await keys.records(['aaaaaaaaaaa1']);
    expect(record).toEqual({
      id: 'aaaaaaaaaaa1',
      organisation: 'tests',
      role: 'auditor',
      secretSha256: Buffer.from(secretSha256),
      expiresAt,
      revokedAt: null,
      confirmed: true,
      person: expect.any(Number),
      ...limits,
    });
  });

  it('with unknown ids are absent', async () => {
    expect((await keys.records(['aaaaaaaaaaa1', 'nosuchkey000'])).length).toBe(1);
  });

  it('have full trust and no quota by default', async () => {
    await keys.create({ id: 'aaaaaaaaaaa2', organisation: 'tests', role: 'platform', secretSha256 }, setup, true);
    expect((await keys.records(['aaaaaaaaaaa2']))[0]).toMatchObject({ trust: 'full', quotaMinute: null, quotaDay: null });
  });

  it('with a negative quota are refused', async () => {
    const wrong = { id: 'aaaaaaaaaaa3', organisation: 'tests', role: 'platform', secretSha256, quotaDay: -1 } as const;
    await expect(keys.create(wrong, setup, true)).rejects.toMatchObject({ code: '23514' });
  });

  it('with the same name in an organisation share a person', async () => {
    for (const id of ['bbbbbbbbbbb1', 'bbbbbbbbbbb2']) {
      await keys.create({ id, organisation: 'tests', role: 'analyst', person: 'Ada', secretSha256 }, setup, true);
    }
    const people = await database.query("select from person where name = 'Ada'");
    expect(people.length).toBe(1);
    expect((await keys.lines()).filter(({ person }) => person === 'Ada').length).toBe(2);
  });

  it('of an unknown organisation are refused without creating a person', async () => {
    const orphan = { id: 'ccccccccccc1', organisation: 'nowhere', role: 'analyst', person: 'Nobody', secretSha256 } as const;
    await expect(keys.create(orphan, setup, true)).rejects.toMatchObject({ code: '23503' });
    expect(await database.query("select from person where name = 'Nobody'")).toEqual([]);
  });

  it('are revoked once and keep the time', async () => {
    await keys.create({ id: 'ddddddddddd1', organisation: 'tests', role: 'platform', secretSha256 }, setup, true);
    expect(await keys.revoke('ddddddddddd1', setup)).toBe(true);
    const [first] = await keys.records(['ddddddddddd1']);
    expect(await keys.revoke('ddddddddddd1', setup)).toBe(true);
    expect(await keys.records(['ddddddddddd1'])).toEqual([first]);
    expect(first?.revokedAt).toBeInstanceOf(Date);
  });

  it('that are unknown cannot be revoked', async () => {
    expect(await keys.revoke('nosuchkey000', setup)).toBe(false);
  });

  it('are listed without their secret', async () => {
    expect(JSON.stringify(await keys.lines())).not.toMatch(/secret|sha256/i);
  });

  it.each(['short', 'UPPERCASE000', 'twelve chars'])('with the id %j are refused', async (id) => {
    await expect(keys.create({ id, organisation: 'tests', role: 'platform', secretSha256 }, setup, true)).rejects.toMatchObject({
      code: '23514',
    });
  });

  it('without a complete SHA-256 are refused', async () => {
    const short = { id: 'eeeeeeeeeee1', organisation: 'tests', role: 'platform', secretSha256: new Uint8Array(31) } as const;
    await expect(keys.create(short, setup, true)).rejects.toMatchObject({ code: '23514' });
  });
});

describe('organisations', () => {
  const police = { id: 'police', name: 'Police', kind: 'police' } as const;

  it('are created once', async () => {
    expect(await organisations.create(police, setup, true)).toMatchObject({ organisation: police });
    expect(await organisations.create({ ...police, name: 'Others' }, setup, true)).toEqual({ taken: 'police' });
    expect(await organisations.all()).toContainEqual(expect.objectContaining(police));
  });

  it('are the same for any spelling of their name', async () => {
    const hotline = { id: 'point', name: 'Point de Contact', kind: 'hotline' } as const;
    await organisations.create(hotline, setup, true);
    expect(await organisations.create({ ...hotline, id: 'other', name: 'point-de-côntact' }, setup, true)).toEqual({
      taken: 'point',
    });
  });
});

describe('lists', () => {
  const fresh = (changes: Partial<NewList> = {}): List =>
    newList({
      id: 'fresh',
      title: 'Fresh',
      class: 'tvec',
      action: 'hold_for_review',
      thresholds: { pdq: { tight: 3, wide: 9 }, blockhash: 7 },
      enabled: false,
      ...changes,
    });

  it('are read as they were created', async () => {
    expect(await lists.create(fresh(), setup)).toEqual(fresh());
    expect(await lists.all()).toContainEqual(fresh());
  });

  it('are not created twice', async () => {
    expect(await lists.create(fresh({ title: 'Other' }), setup)).toBeUndefined();
    expect((await lists.all()).find(({ id }) => id === 'fresh')?.title).toBe('Fresh');
  });

  it('change in place', async () => {
    const changed = await lists.update('fresh', setup, (list) => ({
      ...list,
      title: 'New',
      thresholds: defaultThresholds,
      enabled: true,
    }));
    expect(changed).toEqual({ ...fresh({ title: 'New', thresholds: defaultThresholds, enabled: true }), version: 2 });
  });

  it('that are unknown cannot be changed', async () => {
    expect(await lists.update('nowhere', setup, (list) => list)).toBeUndefined();
  });

  it('keep both of two concurrent changes', async () => {
    await lists.create(fresh({ id: 'busy' }), setup);
    await Promise.all([
      lists.update('busy', setup, (list) => ({ ...list, title: 'By one' })),
      lists.update('busy', setup, (list) => ({ ...list, enabled: true })),
    ]);
    expect((await lists.all()).find(({ id }) => id === 'busy')).toMatchObject({ title: 'By one', enabled: true });
  });

  it.each([
    { pdq: { tight: 10, wide: 9 }, blockhash: 7 },
    { pdq: { tight: 3, wide: 64 }, blockhash: 7 },
    { pdq: { tight: 3, wide: 9 }, blockhash: 64 },
  ])('of thresholds %j are refused', async (thresholds) => {
    await expect(lists.create(fresh({ id: 'wrong', thresholds }), setup)).rejects.toMatchObject({ code: '23514' });
  });

  it('are sorted by id', async () => {
    const ids = (await lists.all()).map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids).toEqual(expect.arrayContaining(seededLists.map(({ id }) => id)));
  });
});
