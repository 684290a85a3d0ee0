import { beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/domain/key.js';
import { type List, listRights, type NewList, newList } from '../../../src/domain/list.js';
import { ListCache } from '../../../src/service/lists/list-cache.js';

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

let book = new ListCache();
beforeEach(() => {
  book = new ListCache();
  book.replaceAll(lists, stamps);
});

describe('visibleTo', () => {
  it.each([
    ['its owner', 'hotline', ['shared', 'reviewed', 'open', 'off', 'revoked']],
    ['who may match against it, enabled or not', 'platform', ['shared', 'open', 'off']],
    ['who may review it', 'police', ['reviewed', 'open']],
    ['nobody else, but where it is open to all', 'stranger', ['open']],
  ])('gives a list to %s', (_, organisation, visible) => {
    expect(book.visibleTo(organisation).map(({ id }) => id)).toEqual(visible);
  });
});

describe('rights', () => {
  const rightsOf = (id: string, organisation: string) => [...book.rights(id, organisation)];

  it('are all of them for its owner', () => {
    expect(rightsOf('reviewed', 'hotline')).toEqual([...listRights]);
  });

  it('are those of its grant for another organisation', () => {
    expect(rightsOf('reviewed', 'police')).toEqual(['read', 'verify']);
  });

  it('are to match where a list is open, beside those of a grant', () => {
    const open = listOf('open', { open: true, grants: [{ organisation: 'police', rights: ['read'] }] });
    book.replaceAll([open], stamps);
    expect([rightsOf('open', 'police'), rightsOf('open', 'stranger')]).toEqual([['read', 'match'], ['match']]);
  });

  it('are none where there is no such list, as where there is one for others', () => {
    expect([rightsOf('nowhere', 'platform'), rightsOf('reviewed', 'platform')]).toEqual([[], []]);
  });

  it('end with the list', () => {
    book.replaceAll(lists.slice(1), stamps);
    expect([rightsOf('shared', 'hotline'), book.get('shared')]).toEqual([[], undefined]);
  });
});

describe('matchable', () => {
  const matchable = (organisation: string) => [...book.matchable(organisation).lists.keys()];

  it('is what is enabled and subscribed to', () => {
    expect([matchable('platform'), matchable('police')]).toEqual([['shared', 'open'], ['open']]);
  });

  it('is everything enabled on the command line', () => {
    expect(matchable(commandLine.organisation)).toEqual(['shared', 'reviewed', 'open', 'revoked']);
  });

  it('is refused where there is nothing to compare with', () => {
    book.replaceAll([listOf('reviewed')], stamps);
    expect(() => book.matchable('platform')).toThrow(expect.objectContaining({ code: 'no_lists' }));
  });

  it('is searched as widely as the widest of its lists asks, whatever those of others ask', () => {
    const wide = { pdq: { tight: 1, wide: 60 }, blockhash: 50 };
    book.replaceAll([...lists, listOf('wide', { thresholds: wide })], stamps);
    expect([book.matchable('platform').radii, book.matchable('hotline').radii]).toEqual([
      { pdq: 31, blockhash: 24 },
      { pdq: 60, blockhash: 50 },
    ]);
  });

  it('is named by another policy version when one of its lists changes, and by the same when one of others does', () => {
    const { version } = book.matchable('platform');
    const changed = (id: string) => lists.map((list) => (list.id === id ? { ...list, version: 2 } : list));
    book.replaceAll(changed('reviewed'), stamps);
    expect(book.matchable('platform').version).toBe(version);
    book.replaceAll(changed('shared'), stamps);
    expect(book.matchable('platform').version).not.toBe(version);
  });
});

describe('versionFor', () => {
  it('is when anything that may be matched last changed', () => {
    expect(book.versionFor('platform')).toBe(String(at(2).getTime()));
    book.touch('shared', at(50));
    expect(book.versionFor('platform')).toBe(String(at(50).getTime()));
  });

  it('is the same before and after the first match of an organisation', () => {
    const before = book.versionFor('platform');
    book.matchable('platform');
    expect(book.versionFor('platform')).toBe(before);
  });

  it('does not change when a list of others does, or an entry of it', () => {
    const before = book.versionFor('platform');
    book.touch('reviewed', at(1_000));
    book.replaceAll(lists, new Map([...stamps, ['reviewed', at(2_000)]]));
    expect(book.versionFor('platform')).toBe(before);
  });

  it('does not change with a list that is off', () => {
    const before = book.versionFor('platform');
    book.touch('off', at(1_000));
    expect(book.versionFor('platform')).toBe(before);
  });

  it('never goes back when a clock is set back', () => {
    book.touch('shared', at(500));
    const before = book.versionFor('platform');
    book.touch('shared', at(-60_000));
    book.replaceAll(lists, new Map([...stamps, ['shared', at(-60_000)]]));
    expect(book.versionFor('platform')).toBe(before);
  });
});
