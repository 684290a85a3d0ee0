import { beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/domain/key.js';
import { type List, listRights, type NewList, newList } from '../../../src/domain/list.js';
import { ListCache, searchRadii } from '../../../src/service/lists/list-cache.js';

function listOf(id: string, changes: Partial<NewList> = {}): List {
  return newList({ id, title: id, class: 'tvec', action: 'remove', organisation: 'hotline', ...changes });
}

const lists = [
  listOf('shared', { grants: [{ organisation: 'platform', rights: ['match'] }] }),
  listOf('reviewed', { grants: [{ organisation: 'police', rights: ['read', 'verify'] }] }),
  listOf('open', { open: true, organisation: null }),
  listOf('off', { enabled: false, grants: [{ organisation: 'platform', rights: ['match'] }] }),
  listOf('revoked', { grants: [{ organisation: 'platform', rights: [] }] }),
];
const at = (ms: number) => new Date(1_700_000_000_000 + ms);
const stamps = new Map(lists.map(({ id }, index) => [id, at(index)]));

let cache = new ListCache();
beforeEach(() => {
  cache = new ListCache();
  cache.replaceAll(lists, stamps);
});

describe('visibleTo', () => {
  it.each([
    ['its owner', 'hotline', ['shared', 'reviewed', 'open', 'off', 'revoked']],
    ['an organisation that may match against it, enabled or not', 'platform', ['shared', 'open', 'off']],
    ['an organisation that may review it', 'police', ['reviewed', 'open']],
    ['everyone if it is open, and to nobody else', 'stranger', ['open']],
  ])('shows a list to %s', (_, organisation, visible) => {
    expect(cache.visibleTo(organisation).map(({ id }) => id)).toEqual(visible);
  });
});

describe('rights', () => {
  const rightsOf = (id: string, organisation: string) => [...cache.rights(id, organisation)];

  it('are all rights for the owner', () => {
    expect(rightsOf('reviewed', 'hotline')).toEqual([...listRights]);
  });

  it('are the granted rights for another organisation', () => {
    expect(rightsOf('reviewed', 'police')).toEqual(['read', 'verify']);
  });

  it('include match if the list is open, in addition to a grant', () => {
    const open = listOf('open', { open: true, grants: [{ organisation: 'police', rights: ['read'] }] });
    cache.replaceAll([open], stamps);
    expect([rightsOf('open', 'police'), rightsOf('open', 'stranger')]).toEqual([['read', 'match'], ['match']]);
  });

  it('are none for an unknown list and for a list of others', () => {
    expect([rightsOf('nowhere', 'platform'), rightsOf('reviewed', 'platform')]).toEqual([[], []]);
  });

  it('end with the list', () => {
    cache.replaceAll(lists.slice(1), stamps);
    expect([rightsOf('shared', 'hotline'), cache.get('shared')]).toEqual([[], undefined]);
  });
});

describe('matchable', () => {
  const matchable = (organisation: string) => [...cache.matchable(organisation).lists.keys()];

  it('contains the enabled lists that an organisation may match', () => {
    expect([matchable('platform'), matchable('police')]).toEqual([['shared', 'open'], ['open']]);
  });

  it('contains all enabled lists for the command line', () => {
    expect(matchable(commandLine.organisation)).toEqual(['shared', 'reviewed', 'open', 'revoked']);
  });

  it('throws if there is no list to match against', () => {
    cache.replaceAll([listOf('reviewed')], stamps);
    expect(() => cache.matchable('platform')).toThrow(expect.objectContaining({ code: 'no_lists' }));
  });

  it('has the radii of its widest list, whatever the lists of others need', () => {
    const wide = { pdq: { tight: 1, wide: 60 }, blockhash: 50 };
    cache.replaceAll([...lists, listOf('wide', { thresholds: wide })], stamps);
    expect([cache.matchable('platform').radii, cache.matchable('hotline').radii]).toEqual([
      { pdq: 31, blockhash: 24 },
      { pdq: 60, blockhash: 50 },
    ]);
  });

  it('changes its version with one of its lists, but not with a list of others', () => {
    const { version } = cache.matchable('platform');
    const changed = (id: string) => lists.map((list) => (list.id === id ? { ...list, version: 2 } : list));
    cache.replaceAll(changed('reviewed'), stamps);
    expect(cache.matchable('platform').version).toBe(version);
    cache.replaceAll(changed('shared'), stamps);
    expect(cache.matchable('platform').version).not.toBe(version);
  });
});

describe('versionFor', () => {
  it('is the time of the last change of anything that may be matched', () => {
    expect(cache.versionFor('platform')).toBe(String(at(2).getTime()));
    cache.touch('shared', at(50));
    expect(cache.versionFor('platform')).toBe(String(at(50).getTime()));
  });

  it('is the same before and after the first match of an organisation', () => {
    const before = cache.versionFor('platform');
    cache.matchable('platform');
    expect(cache.versionFor('platform')).toBe(before);
  });

  it('does not change with a list of others or its entries', () => {
    const before = cache.versionFor('platform');
    cache.touch('reviewed', at(1_000));
    cache.replaceAll(lists, new Map([...stamps, ['reviewed', at(2_000)]]));
    expect(cache.versionFor('platform')).toBe(before);
  });

  it('does not change with a disabled list', () => {
    const before = cache.versionFor('platform');
    cache.touch('off', at(1_000));
    expect(cache.versionFor('platform')).toBe(before);
  });

  it('never goes back when a clock is set back', () => {
    cache.touch('shared', at(500));
    const before = cache.versionFor('platform');
    cache.touch('shared', at(-60_000));
    cache.replaceAll(lists, new Map([...stamps, ['shared', at(-60_000)]]));
    expect(cache.versionFor('platform')).toBe(before);
  });
});

describe('searchRadii', () => {
  it('is the widest distance of any list, per algorithm', () => {
    const wide = listOf('wide', { thresholds: { pdq: { tight: 1, wide: 40 }, blockhash: 3 } });
    const deep = listOf('deep', { thresholds: { pdq: { tight: 1, wide: 2 }, blockhash: 50 } });
    expect(searchRadii(new Map([wide, deep].map((list) => [list.id, list])))).toEqual({ pdq: 40, blockhash: 50 });
  });
});
