import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VigieError } from '../../domain/errors.js';
import type { Change, ChangeStore, FeedPage } from '../../store/changes.js';
import { FeedPoller } from './feed-poller.js';
import {
  allApplied,
  appliedOf,
  backlogOf,
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
} from './feed-state.js';
import { covers, parseVersion, versionOf } from './index-version.js';
import { type MemoryParts, NodeMemory } from './node-memory.js';

/** A revoked key or withdrawn entry must be gone from every node within a second. */
const pollEveryMs = 200;
/** Few, or an import would delay a withdrawal. */
const entriesPerTurn = 1_000;
const reachEveryMs = 25;

export interface FollowerParts extends MemoryParts {
  readonly changes: ChangeStore;
  readonly log: Logger;
  readonly maxAgeMs: number;
  /** Hears of each page of changes, before its entries are applied; of undefined after everything was loaded again. */
  readonly heard?: ((changes: readonly Change[] | undefined) => void) | undefined;
}

export class ChangeFeedFollower {
  private readonly memory: NodeMemory;
  private readonly poller: FeedPoller;
  private state: FeedState = unloaded;
  private loadsBegun = 0;
  /** When (performance.now) memory last equalled the database. */
  private currentAt = 0;
  /** One piece of work at a time, so that old rows never overwrite newer ones. */
  private turn: Promise<void> = Promise.resolve();
  private nextRead: Promise<void> | undefined;

  constructor(private readonly parts: FollowerParts) {
    this.memory = new NodeMemory(parts);
    this.poller = new FeedPoller(
      () => this.refresh(),
      () => this.delayMs(),
      parts.log,
    );
  }

  /** Resolves once memory is loaded. */
  async start(): Promise<void> {
    await this.inTurn(async () => {
      if (!(await this.restoreSnapshot())) await this.load();
    });
    this.parts.snapshots?.follow(() => appliedOf(this.state));
    this.poller.start();
  }

  get ready(): boolean {
    return this.state.name === 'following';
  }

  /** Changed entries that are read and not yet applied. */
  get backlog(): number {
    return backlogOf(this.state);
  }

  /** A search during which this number changed may have missed hashes. */
  get loads(): number {
    return this.loadsBegun;
  }

  freshness(): { version: string; ageMs: number } {
    return { version: this.parts.index.version, ageMs: Math.max(0, Math.round(performance.now() - this.currentAt)) };
  }

  /** @throws VigieError `index_unavailable` when an answer from memory could miss a known hash. */
  assertUsable(): void {
    if (this.state.name === 'closed') throw new VigieError('index_unavailable', 'this node is stopping; retry', 5);
    if (!this.ready) throw new VigieError('index_unavailable', 'the index is still loading; retry', 5);
    const { ageMs } = this.freshness();
    if (ageMs <= this.parts.maxAgeMs) return;
    throw new VigieError('index_unavailable', `the index is ${ageMs} ms old, the limit is ${this.parts.maxAgeMs} ms`, 30);
  }

  /** Applies keys, lists, withdrawals and the oldest entries of the backlog. All that ask before it begins share one read. */
  async refresh(): Promise<void> {
    await this.read();
  }

  /**
   * A version that covers everything committed before the call, also if this node has not applied it yet. Undefined while the index
   * loads or the database is away.
   */
  async versionOfWrites(): Promise<string | undefined> {
    if (!this.ready) return undefined;
    await this.read().catch(() => {});
    return isReading(this.state) && !this.state.rest ? versionOf(this.state.position) : undefined;
  }

  /**
   * Resolves once memory has everything that `version` covers.
   *
   * @throws VigieError `bad_request`, `conflict` (the version of another database), `index_unavailable` when that takes longer than
   * `withinMs`.
   */
  async reach(version: string, withinMs: number): Promise<void> {
    const wanted = parseVersion(version);
    const until = performance.now() + withinMs;
    for (;;) {
      const applied = appliedOf(this.state);
      if (applied && covers(applied.position, wanted)) return;
      if (performance.now() > until) break;
      await this.read().catch(() => {});
      await pause(reachEveryMs);
    }
    throw new VigieError('index_unavailable', `this node has not reached that index version within ${withinMs} ms; retry`, 1);
  }

  /** False if the whole feed was not applied `withinMs`. */
  async catchUp(withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    do {
      await this.refresh();
      if (isCaughtUp(this.state)) return true;
    } while (this.state.name !== 'closed' && performance.now() <= until);
    return false;
  }

  /** Memory is unusable until a load succeeds. */
  async reload(): Promise<void> {
    this.state = invalidated(this.state);
    await this.inTurn(() => this.loadIfInvalid());
  }

  /** For entries that this process has just written. */
  async applyEntries(uuids: readonly string[]): Promise<void> {
    await this.inTurn(() => this.memory.readEntries(uuids, { waitForRoom: !this.ready }));
  }

  async close(): Promise<void> {
    this.poller.stop();
    await this.turn;
    this.state = closed(this.state);
  }

  /** Those who wait for a read that has not begun share it. */
  private read(): Promise<void> {
    this.nextRead ??= this.inTurn(() => {
      this.nextRead = undefined;
      return this.readFeed();
    }).finally(() => {
      this.nextRead = undefined;
    });
    return this.nextRead;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(() => (this.state.name === 'closed' ? undefined : work()));
    this.turn = done.catch(() => {});
    return done;
  }

  private delayMs(): number {
    return hasBacklog(this.state) && !this.parts.index.isBehind ? 0 : pollEveryMs;
  }

  private async restoreSnapshot(): Promise<boolean> {
    try {
      return await this.loadSnapshot();
    } catch (error) {
      this.parts.log.warn({ err: error }, 'could not continue from the snapshot; loading from the database');
      this.state = invalidated(this.state);
      return false;
    }
  }

  private async loadSnapshot(): Promise<boolean> {
    const { changes, index, snapshots, log } = this.parts;
    const startedAt = performance.now();
    const stamp = await snapshots?.load((await changes.now()).position);
    if (!stamp) return false;
    log.info({ hashes: index.size, ms: Math.round(performance.now() - startedAt) }, 'index loaded from the snapshot');
    await this.memory.loadCaches();
    this.state = snapshotRestored(this.state, stamp);
    do await this.readFeed();
    while (this.state.name === 'restoring');
    return true;
  }

  /** After a reload was asked for, a poll may have loaded already. */
  private async loadIfInvalid(): Promise<void> {
    if (this.state.name === 'unloaded') await this.load();
  }

  private async load(): Promise<void> {
    const { changes, index, snapshots, log } = this.parts;
    const startedAt = performance.now();
    // A standby refuses it: a node connected to one by mistake keeps its state.
    await changes.deleteForeign();
    this.state = loadBegun(this.state);
    this.loadsBegun++;
    try {
      // Before the rows: the feed then brings what is written during the load.
      const stamp = await changes.now();
      await this.memory.loadCaches();
      await this.memory.loadIndex();
      this.state = loadEnded(this.state, stamp);
      this.noteCurrent(stamp.version, startedAt);
    } catch (error) {
      this.state = invalidated(this.state);
      throw error;
    }
    snapshots?.noteLoad();
    this.parts.heard?.(undefined);
    log.info({ hashes: index.size, ms: Math.round(performance.now() - startedAt) }, 'index loaded');
  }

  private async readFeed(): Promise<void> {
    const startedAt = performance.now();
    // The last page may bring a withdrawal, so the backlog waits.
    do {
      if (!isReading(this.state)) return this.load();
      const { position, rest } = this.state;
      const page = await this.parts.changes.since(position, rest);
      const reason = reasonToReload(page, position);
      if (reason) {
        this.parts.log.warn(`${reason}; loading everything again`);
        return this.load();
      }
      await this.takePage(page);
    } while (isReading(this.state) && this.state.rest);
    await this.drainBacklog();
    if (!isCaughtUp(this.state)) return;
    const { newestRead } = this.state;
    this.state = allApplied(this.state);
    this.noteCurrent(newestRead, startedAt);
  }

  private async takePage(page: FeedPage): Promise<void> {
    await this.memory.applyToCaches(page.changes);
    this.memory.removeWithdrawn(page.changes);
    // From now on the feed skips this page.
    this.state = pageRead(this.state, page);
    if (page.changes.length > 0) this.parts.heard?.(page.changes);
  }

  private async drainBacklog(): Promise<void> {
    // Entries wait for the index. The next polls still bring keys, lists and withdrawals.
    if (this.ready && this.parts.index.isBehind) return;
    const uuids = nextEntries(this.state, entriesPerTurn);
    if (uuids.length === 0) return;
    await this.memory.readEntries(uuids, { waitForRoom: !this.ready });
    this.state = entriesApplied(this.state, uuids);
  }

  private noteCurrent(version: string, at: number): void {
    this.parts.index.version = version;
    this.currentAt = at;
  }
}
