import { describe, expect, it } from 'vitest';
import {
  allApplied,
  appliedOf,
  closed,
  entriesApplied,
  type FeedState,
  hasBacklog,
  invalidated,
  isCaughtUp,
  isReading,
  loadBegun,
  loadEnded,
  nextEntries,
  pageRead,
  reasonToReload,
  snapshotRestored,
  unloaded,
} from '../../../src/service/sync/feed-state.js';
import type { Change, ChangeKind, FeedPage, FeedPosition } from '../../../src/store/changes.js';

const at = (snapshot: string): FeedPosition => ({ epoch: 'one', snapshot });
const stamp = { position: at('1:1:'), version: '10' };
const later = { position: at('2:2:'), version: '12' };
const rest = { after: '11', until: '2:2:' };

const change = (id: string, subject: string, kind: ChangeKind = 'entry'): Change => ({ id, kind, subject, ordinals: null });
const pageOf = (changes: readonly Change[], more: Partial<FeedPage> = {}): FeedPage => ({
  position: later.position,
  changes,
  rest: undefined,
  older: false,
  pruned: false,
  ...more,
});

const loading = loadBegun(unloaded);
const following = () => loadEnded(loading, stamp);
const restoring = () => snapshotRestored(unloaded, stamp);
const end = closed(unloaded);
const everyState = (): FeedState[] => [unloaded, loading, restoring(), following(), end];

describe('a load', () => {
  it('ends in following from its position, with nothing left to apply', () => {
    const state = following();
    expect(state).toMatchObject({ name: 'following', position: stamp.position, newestRead: '10', rest: undefined });
    expect([isCaughtUp(state), appliedOf(state)]).toEqual([true, stamp]);
  });

  it('forgets the feed position and the backlog of the state it replaces', () => {
    expect(loadBegun(pageRead(following(), pageOf([change('11', 'a')])))).toEqual({ name: 'loading' });
  });

  it('counts for nothing when a reload was asked for before its end', () => {
    expect(loadEnded(invalidated(loading), stamp)).toBe(unloaded);
  });

  it('leaves the node unloaded when it fails', () => {
    expect(invalidated(loading)).toBe(unloaded);
  });
});

describe('a snapshot', () => {
  it('is followed from its position, but gives no position before all changes since are applied', () => {
    const state = restoring();
    expect([state.name, isReading(state), appliedOf(state)]).toEqual(['restoring', true, undefined]);
    const behind = pageRead(state, pageOf([change('12', 'a')]));
    expect(allApplied(behind)).toBe(behind);
    const current = allApplied(entriesApplied(behind, ['a']));
    expect([current.name, appliedOf(current)]).toEqual(['following', later]);
  });

  it('is not restored over a state that holds something', () => {
    for (const state of [loading, following(), end]) expect(snapshotRestored(state, stamp)).toBe(state);
  });
});

describe('a page', () => {
  it('moves the position and puts its entries into the backlog, but moves no applied position', () => {
    const state = pageRead(following(), pageOf([change('11', 'a'), change('12', 'b')]));
    expect(state).toMatchObject({ position: later.position, newestRead: '12', applied: stamp });
    expect([nextEntries(state, 10), isCaughtUp(state)]).toEqual([['a', 'b'], false]);
  });

  it('puts no key, list or organisation into the backlog', () => {
    const others = [change('11', 'k', 'key'), change('12', 'l', 'list'), change('13', 'o', 'organisation')];
    const state = pageRead(following(), pageOf(others));
    expect([hasBacklog(state), isCaughtUp(state)]).toEqual([false, true]);
  });

  it('leaves the node behind the feed while there is more to read', () => {
    const state = pageRead(following(), pageOf([change('11', 'l', 'list')], { position: stamp.position, rest }));
    expect(state).toMatchObject({ rest, position: stamp.position });
    expect(isCaughtUp(state)).toBe(false);
    expect(isCaughtUp(pageRead(state, pageOf([])))).toBe(true);
  });

  it('keeps the newest change when a late commit brings an older one', () => {
    expect(pageRead(following(), pageOf([change('9', 'a')]))).toMatchObject({ newestRead: '10' });
  });

  it('compares the ids of changes as numbers', () => {
    expect(pageRead(following(), pageOf([change('9', 'a'), change('100', 'b')]))).toMatchObject({ newestRead: '100' });
  });

  it('is ignored by a node that is not reading', () => {
    for (const state of [unloaded, loading, end]) expect(pageRead(state, pageOf([change('11', 'a')]))).toBe(state);
  });
});

describe('the backlog', () => {
  const full = () => pageRead(following(), pageOf(['a', 'b', 'c'].map((uuid, number) => change(String(11 + number), uuid))));

  it('gives the oldest entries first, and each until it is applied', () => {
    const state = full();
    expect(nextEntries(state, 2)).toEqual(['a', 'b']);
    expect(nextEntries(state, 2)).toEqual(['a', 'b']);
    expect(nextEntries(entriesApplied(state, ['a', 'b']), 2)).toEqual(['c']);
  });

  it('holds an entry once, at the place of its oldest change', () => {
    expect(nextEntries(pageRead(full(), pageOf([change('14', 'a')])), 10)).toEqual(['a', 'b', 'c']);
  });

  it('moves the applied position only when it is empty', () => {
    const state = full();
    expect(appliedOf(allApplied(entriesApplied(state, ['a', 'b'])))).toEqual(stamp);
    expect(appliedOf(allApplied(entriesApplied(state, ['c'])))).toEqual({ position: later.position, version: '13' });
  });
});

describe('invalidated', () => {
  it('makes every state but the closed one load everything', () => {
    expect(everyState().map((state) => invalidated(state).name)).toEqual([...Array(4).fill('unloaded'), 'closed']);
  });
});

describe('closed', () => {
  it('keeps the applied position of a following node, for its last snapshot', () => {
    const state = closed(pageRead(following(), pageOf([change('11', 'a')])));
    expect(state).toEqual({ name: 'closed', applied: stamp });
    expect(appliedOf(closed(state))).toEqual(stamp);
  });

  it('has no applied position where memory may lack something', () => {
    for (const state of [unloaded, loading, restoring()]) expect(appliedOf(closed(state))).toBeUndefined();
  });

  it('is never left', () => {
    const transitions: ((state: FeedState) => FeedState)[] = [
      loadBegun,
      invalidated,
      allApplied,
      (state) => loadEnded(state, stamp),
      (state) => snapshotRestored(state, stamp),
      (state) => pageRead(state, pageOf([])),
      (state) => entriesApplied(state, ['a']),
    ];
    for (const transition of transitions) expect(transition(end)).toBe(end);
  });
});

describe('reasonToReload', () => {
  it.each<[string, Partial<FeedPage>, string | undefined]>([
    ['nothing for the next page of the same database', {}, undefined],
    ['another epoch', { position: { ...later.position, epoch: 'two' } }, 'the database was restored or replaced'],
    ['a database that lost transactions', { older: true }, 'the database was restored or replaced'],
    ['a pruned feed', { pruned: true }, 'changes were pruned before this node had read them'],
  ])('names %s', (_name, page, reason) => {
    expect(reasonToReload(pageOf([], page), stamp.position)).toBe(reason);
  });
});
