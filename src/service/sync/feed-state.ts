/**
 * Any state can also become unloaded (`invalidated`) or closed.
 *
 *     unloaded -- loadBegun --> loading -- loadEnded --> following <--.
 *        |                                                            |
 *        '------- snapshotRestored --> restoring ---- allApplied -----'
 */
import type { FeedPage, FeedPosition, PartOfPage } from '../../store/changes.js';
import type { Stamp } from './snapshots.js';

export type FeedState = Unloaded | Loading | Restoring | Following | Closed;

interface Reading {
  readonly position: FeedPosition;
  /** Unread pages after `position`. */
  readonly rest: PartOfPage | undefined;
  readonly newestRead: string;
  /** UUIDs of changed entries, oldest change first. Changed in place: an import puts millions here. */
  readonly backlog: Set<string>;
}

/** Memory may be wrong: the next turn loads everything. */
interface Unloaded {
  readonly name: 'unloaded';
}

interface Loading {
  readonly name: 'loading';
}

interface Restoring extends Reading {
  readonly name: 'restoring';
}

interface Following extends Reading {
  readonly name: 'following';
  /** A backlog leaves it behind `position`. */
  readonly applied: Stamp;
}

interface Closed {
  readonly name: 'closed';
  /** For the last snapshot. */
  readonly applied: Stamp | undefined;
}

export const unloaded: FeedState = { name: 'unloaded' };

export function isReading(state: FeedState): state is Restoring | Following {
  return state.name === 'restoring' || state.name === 'following';
}

export function isCaughtUp(state: FeedState): state is Restoring | Following {
  return isReading(state) && !state.rest && !hasBacklog(state);
}

export function hasBacklog(state: FeedState): boolean {
  return backlogOf(state) > 0;
}

export function backlogOf(state: FeedState): number {
  return isReading(state) ? state.backlog.size : 0;
}

/** Undefined while memory may lack something. */
export function appliedOf(state: FeedState): Stamp | undefined {
  return state.name === 'following' || state.name === 'closed' ? state.applied : undefined;
}

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

/** Does nothing after `invalidated`. */
export function loadEnded(state: FeedState, stamp: Stamp): FeedState {
  return state.name === 'loading' ? { name: 'following', ...readUpTo(stamp), applied: stamp } : state;
}

export function snapshotRestored(state: FeedState, stamp: Stamp): FeedState {
  return state.name === 'unloaded' ? { name: 'restoring', ...readUpTo(stamp) } : state;
}

export function pageRead(state: FeedState, { changes, position, rest }: FeedPage): FeedState {
  if (!isReading(state)) return state;
  for (const { kind, subject } of changes) if (kind === 'entry') state.backlog.add(subject);
  return { ...state, position, rest, newestRead: newer(state.newestRead, changes.at(-1)?.id) };
}

export function entriesApplied(state: FeedState, uuids: readonly string[]): FeedState {
  if (isReading(state)) for (const uuid of uuids) state.backlog.delete(uuid);
  return state;
}

export function allApplied(state: FeedState): FeedState {
  if (!isCaughtUp(state)) return state;
  return { ...state, name: 'following', applied: { position: state.position, version: state.newestRead } };
}

export function invalidated(state: FeedState): FeedState {
  return state.name === 'closed' ? state : unloaded;
}

export function closed(state: FeedState): FeedState {
  return { name: 'closed', applied: appliedOf(state) };
}

export function reasonToReload({ position, older, pruned }: FeedPage, { epoch }: FeedPosition): string | undefined {
  if (position.epoch !== epoch || older) return 'the database was restored or replaced';
  return pruned ? 'changes were pruned before this node had read them' : undefined;
}

function readUpTo({ position, version }: Stamp): Reading {
  return { position, rest: undefined, newestRead: version, backlog: new Set() };
}

/** A late commit brings older ids. */
function newer(known: string, id = '0'): string {
  return BigInt(id) > BigInt(known) ? id : known;
}
