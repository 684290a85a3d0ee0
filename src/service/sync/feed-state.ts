/**
 * What a node knows of the change feed. Pure: the follower does the I/O and reports each event here.
 *
 *     unloaded -- loadBegun --> loading -- loadEnded --> following <--.
 *        |                                                            |
 *        '------- snapshotRestored --> restoring ---- allApplied -----'
 *
 * `pageRead` and `entriesApplied` move a node that is restoring or following along the feed. `invalidated` leads back to
 * unloaded, `closed` ends every state.
 */
import type { FeedPage, FeedPosition, PartOfPage } from '../../store/changes.js';
import type { Stamp } from './snapshots.js';

export type FeedState = Unloaded | Loading | Restoring | Following | Closed;

/** How far the feed was read, and what was read but not applied yet. */
interface Reading {
  readonly position: FeedPosition;
  /** The part of the feed to read next, where a reading stopped between two pages. */
  readonly rest: PartOfPage | undefined;
  /** Id of the newest change read. */
  readonly newestRead: string;
  /** Entries (UUIDs) to apply, oldest change first. The one thing changed in place, because an import puts millions here. */
  readonly backlog: Set<string>;
}

/** Memory may be incomplete or wrong. The next reading of the feed loads everything. */
interface Unloaded {
  readonly name: 'unloaded';
}

interface Loading {
  readonly name: 'loading';
}

/** Memory holds a snapshot, and lacks some of the changes since. */
interface Restoring extends Reading {
  readonly name: 'restoring';
}

/** Memory holds everything up to `applied`, and some of what came after. */
interface Following extends Reading {
  readonly name: 'following';
  /** The last position whose changes were all applied. `position` is ahead of it while there is a backlog. */
  readonly applied: Stamp;
}

/** `applied`: where the index stands that the last snapshot is written from. */
interface Closed {
  readonly name: 'closed';
  readonly applied: Stamp | undefined;
}

export const unloaded: FeedState = { name: 'unloaded' };

export function isReading(state: FeedState): state is Restoring | Following {
  return state.name === 'restoring' || state.name === 'following';
}

/** True when memory holds every change read so far. */
export function isCaughtUp(state: FeedState): state is Restoring | Following {
  return isReading(state) && !state.rest && !hasBacklog(state);
}

export function hasBacklog(state: FeedState): boolean {
  return isReading(state) && state.backlog.size > 0;
}

/** Where a snapshot of memory stands; undefined while memory may lack something. */
export function appliedOf(state: FeedState): Stamp | undefined {
  return state.name === 'following' || state.name === 'closed' ? state.applied : undefined;
}

/** The oldest `max` entries of the backlog. */
export function nextEntries(state: FeedState, max: number): string[] {
  const entries: string[] = [];
  if (!isReading(state)) return entries;
  for (const uuid of state.backlog) {
    if (entries.length === max) break;
    entries.push(uuid);
  }
  return entries;
}

export function loadBegun(state: FeedState): FeedState {
  return state.name === 'closed' ? state : { name: 'loading' };
}

/** Everything was loaded as of `stamp`. A load that was invalidated before its end counts for nothing. */
export function loadEnded(state: FeedState, stamp: Stamp): FeedState {
  return state.name === 'loading' ? { name: 'following', ...readUpTo(stamp), applied: stamp } : state;
}

export function snapshotRestored(state: FeedState, stamp: Stamp): FeedState {
  return state.name === 'unloaded' ? { name: 'restoring', ...readUpTo(stamp) } : state;
}

/** The feed does not give a page twice, so everything on it is noted here. */
export function pageRead(state: FeedState, { changes, position, rest }: FeedPage): FeedState {
  if (!isReading(state)) return state;
  for (const { kind, subject } of changes) if (kind === 'entry') state.backlog.add(subject);
  return { ...state, position, rest, newestRead: newer(state.newestRead, changes.at(-1)?.id) };
}

export function entriesApplied(state: FeedState, uuids: readonly string[]): FeedState {
  if (isReading(state)) for (const uuid of uuids) state.backlog.delete(uuid);
  return state;
}

/** Memory holds every change read. @param state a state that `isCaughtUp`; any other stays as it is. */
export function allApplied(state: FeedState): FeedState {
  if (!isCaughtUp(state)) return state;
  return { ...state, name: 'following', applied: { position: state.position, version: state.newestRead } };
}

/** A reload was asked for, or a load failed: nothing in memory can be relied on. */
export function invalidated(state: FeedState): FeedState {
  return state.name === 'closed' ? state : unloaded;
}

export function closed(state: FeedState): FeedState {
  return { name: 'closed', applied: appliedOf(state) };
}

/** Why memory cannot be brought up to date by this page; undefined when it can. */
export function reasonToReload({ position, older, pruned }: FeedPage, { epoch }: FeedPosition): string | undefined {
  if (position.epoch !== epoch || older) return 'the database was restored or replaced';
  return pruned ? 'changes were pruned before this node had read them' : undefined;
}

function readUpTo({ position, version }: Stamp): Reading {
  return { position, rest: undefined, newestRead: version, backlog: new Set() };
}

/** A transaction that commits late brings ids below those read before. */
function newer(known: string, id = '0'): string {
  return BigInt(id) > BigInt(known) ? id : known;
}
