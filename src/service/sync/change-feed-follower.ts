/** Keeps what a node holds in memory (index, keys, lists) equal to the database, by its change feed. */
import type { Logger } from 'pino';
import { VigieError } from '../../domain/errors.js';
import type { HashIndex } from '../../index/hash-index.js';
import type { Change, ChangeStore, FeedPage, FeedPosition, PartOfPage } from '../../store/changes.js';
import type { HashStore } from '../../store/hashes.js';
import type { KeyStore } from '../../store/keys.js';
import type { ListStore } from '../../store/lists.js';
import type { OrganisationStore } from '../../store/organisations.js';
import type { KeyCache } from '../accounts/key-cache.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';
import type { ListCache } from '../lists/list-cache.js';
import type { Snapshots, Stamp } from './snapshots.js';

/** A revoked key or withdrawn entry must be gone from every node within a second. */
const pollEveryMs = 200;
/** Entries applied between two polls, so that a long import holds up neither a revocation nor a withdrawal. */
const entriesPerTurn = 1_000;

export interface FollowerParts {
  readonly changes: ChangeStore;
  readonly hashes: HashStore;
  readonly keys: KeyStore;
  readonly lists: ListStore;
  readonly organisations: OrganisationStore;
  readonly index: HashIndex;
  /** Absent where the index holds nothing of its own. */
  readonly snapshots?: Snapshots | undefined;
  readonly keyCache: KeyCache;
  readonly listCache: ListCache;
  readonly organisationCache: OrganisationCache;
  readonly log: Logger;
  readonly maxAgeMs: number;
}

export class ChangeFeedFollower {
  private position: FeedPosition | undefined;
  /** What the last page of the feed left, where reading on failed. */
  private rest: PartOfPage | undefined;
  /** The last position all of whose changes were applied: `position` runs ahead of it while there is a backlog. */
  private applied: Stamp | undefined;
  private newestRead = '0';
  private asOf = 0;
  private complete = false;
  private loadsBegun = 0;
  private away = false;
  /** Entries known to have changed and not yet applied, oldest change first. */
  private readonly backlog = new Set<string>();
  /** Everything that reads rows and applies them runs one after the other: an older reading never lands on a newer one. */
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly parts: FollowerParts) {}

  /** Loads everything, from the snapshot if it can, then follows the feed until `close`. */
  async start(): Promise<void> {
    await this.inTurn(async () => {
      if (!(await this.fromSnapshot())) await this.load();
    });
    this.parts.snapshots?.follow(() => (this.complete ? this.applied : undefined));
    this.schedule();
  }

  /** True once the index holds everything the database held at the last load. */
  get ready(): boolean {
    return this.complete;
  }

  /** How often everything was loaded anew: a search that spans two numbers may have seen an index half empty. */
  get loads(): number {
    return this.loadsBegun;
  }

  /** The newest change applied, and how long ago the node last knew itself current. */
  freshness(): { version: string; ageMs: number } {
    return { version: this.parts.index.version, ageMs: Math.max(0, Math.round(performance.now() - this.asOf)) };
  }

  /** @throws VigieError `index_unavailable` when an answer from memory could miss something known. */
  assertUsable(): void {
    if (!this.complete) throw new VigieError('index_unavailable', 'the index is still loading; retry', 5);
    const { ageMs } = this.freshness();
    if (ageMs <= this.parts.maxAgeMs) return;
    throw new VigieError('index_unavailable', `the index is ${ageMs} ms old, the limit is ${this.parts.maxAgeMs} ms`, 30);
  }

  /** Reads the feed now: what this process has just committed is applied when it resolves. */
  async refresh(): Promise<void> {
    await this.inTurn(() => this.poll());
  }

  /** Reads the feed until all it shows is applied; false when more kept coming for `withinMs`. */
  async catchUp(withinMs: number): Promise<boolean> {
    for (const until = performance.now() + withinMs; ; ) {
      await this.refresh();
      if (this.backlog.size === 0) return true;
      if (performance.now() > until) return false;
    }
  }

  /** Loads everything again; no answer is given from memory until that is done. Where it fails, following the feed tries again. */
  async reload(): Promise<void> {
    this.complete = false;
    await this.inTurn(() => {
      // Or a load that fails before it began would leave the feed to be followed, and the node never complete again.
      this.position = undefined;
      return this.load();
    });
  }

  /** Applies entries this process has just written, without waiting for the feed. */
  async applyEntries(uuids: readonly string[]): Promise<void> {
    await this.inTurn(() => this.readEntries(uuids));
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.turn;
  }

  private schedule(): void {
    if (this.closed) return;
    const delay = this.backlog.size > 0 && !this.parts.index.isBehind ? 0 : pollEveryMs;
    this.timer = setTimeout(() => void this.follow(), delay);
  }

  private async follow(): Promise<void> {
    try {
      await this.inTurn(() => this.poll());
      if (this.away) this.parts.log.info('the database answers again');
      this.away = false;
    } catch (error) {
      // Once an outage: matching goes on from memory, and its age says how old that is.
      if (!this.away) this.parts.log.warn({ err: error }, 'the change feed cannot be read; matching goes on from memory');
      this.away = true;
    }
    this.schedule();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }

  /** As `loadSnapshot`; false also where something fails on the way: reading everything may still do. */
  private async fromSnapshot(): Promise<boolean> {
    try {
      return await this.loadSnapshot();
    } catch (error) {
      this.parts.log.warn({ err: error }, 'the node cannot go on from its snapshot: loading everything');
      return false;
    }
  }

  /** False when there is no snapshot that this database can go on from. */
  private async loadSnapshot(): Promise<boolean> {
    const { changes, index, snapshots, log } = this.parts;
    const startedAt = performance.now();
    const stamp = await snapshots?.load((await changes.now()).position);
    if (!stamp) return false;
    log.info({ hashes: index.size, ms: Math.round(performance.now() - startedAt) }, 'index loaded from the snapshot');
    await this.loadBooks();
    this.position = stamp.position;
    this.newestRead = stamp.version;
    // A position the feed no longer reaches back to makes `poll` load everything from the database.
    do await this.poll();
    while (this.backlog.size > 0);
    this.complete = true;
    return true;
  }

  private async load(): Promise<void> {
    const { changes, hashes, index, snapshots, log } = this.parts;
    const startedAt = performance.now();
    // First what a standby refuses: who comes to one by mistake goes on from memory.
    await changes.deleteForeign();
    this.complete = false;
    this.loadsBegun++;
    // Until it has succeeded, every reading of the feed begins with a load.
    this.position = undefined;
    this.rest = undefined;
    this.backlog.clear();
    // The position first: what is written while loading is in the feed after it, and applying it twice does no harm.
    const { position, version } = await changes.now();
    await this.loadBooks();
    if (index.engine === 'memory') await index.load(hashes.pages(), await hashes.highestOrdinal());
    this.position = position;
    this.applied = { position, version };
    index.version = version;
    this.newestRead = version;
    this.asOf = startedAt;
    this.complete = true;
    snapshots?.noteLoad();
    log.info({ hashes: index.size, ms: Math.round(performance.now() - startedAt) }, 'index loaded');
  }

  private async poll(): Promise<void> {
    const startedAt = performance.now();
    // All pages before the backlog: a revocation or a withdrawal may be on the last of them.
    do {
      if (!this.position) return this.load();
      const page = await this.parts.changes.since(this.position, this.rest);
      const why = whyAnew(page, this.position);
      if (why) {
        this.parts.log.warn(`${why}: loading everything again`);
        return this.load();
      }
      await this.takePage(page);
    } while (this.rest);
    await this.drainBacklog();
    if (this.backlog.size > 0) return;
    this.parts.index.version = this.newestRead;
    this.applied = { position: this.position, version: this.newestRead };
    this.asOf = startedAt;
  }

  private async takePage({ changes, position, rest }: FeedPage): Promise<void> {
    await this.applyKeysAndLists(changes);
    this.forget(changes);
    for (const { kind, subject } of changes) if (kind === 'entry') this.backlog.add(subject);
    for (const { id } of changes) if (BigInt(id) > BigInt(this.newestRead)) this.newestRead = id;
    // Nothing of the page is read again, so all of it is noted before what may fail.
    this.position = position;
    this.rest = rest;
  }

  private async applyKeysAndLists(changes: readonly Change[]): Promise<void> {
    const { keys, lists, keyCache, listCache } = this.parts;
    // Whether a key opens anything hangs on its organisation too.
    if (changes.some(({ kind }) => kind === 'organisation')) return this.loadBooks();
    const changed = changes.filter(({ kind }) => kind === 'key').map(({ subject }) => subject);
    if (changed.length > 0) {
      const records = await keys.records(changed);
      keyCache.forget(changed);
      keyCache.put(records);
    }
    if (changes.some(({ kind }) => kind === 'list')) listCache.replaceAll(await lists.all(), await lists.stamps());
  }

  private async loadBooks(): Promise<void> {
    const { keys, lists, organisations, keyCache, listCache, organisationCache } = this.parts;
    keyCache.replaceAll(await keys.records(null));
    listCache.replaceAll(await lists.all(), await lists.stamps());
    organisationCache.replaceAll(await organisations.all());
  }

  /** Hashes that were withdrawn go at once, whatever waits: their ordinals are never given again, so no later reading brings them back. */
  private forget(changes: readonly Change[]): void {
    const gone = changes.flatMap(({ ordinals }) => ordinals ?? []);
    if (gone.length === 0) return;
    this.parts.index.remove(gone);
    this.parts.snapshots?.note({ withdrawn: true });
  }

  /** One turn's share of the backlog; what fails stays in it. */
  private async drainBacklog(): Promise<void> {
    // A long import waits for the index to work it in; keys and lists of the next polls do not wait for the import.
    if (this.complete && this.parts.index.isBehind) return;
    const share = [...take(this.backlog, entriesPerTurn)];
    if (share.length === 0) return;
    await this.readEntries(share);
    for (const uuid of share) this.backlog.delete(uuid);
  }

  private async readEntries(uuids: readonly string[]): Promise<void> {
    const { hashes, index, snapshots, listCache } = this.parts;
    for (const { list, at } of await hashes.touched(uuids)) listCache.touch(list, at);
    if (index.engine !== 'memory') return;
    if (!this.complete) await index.drained();
    for (const entry of await hashes.current(uuids)) index.add(entry);
    snapshots?.note({ withdrawn: false });
  }
}

/** Why what the node holds cannot be brought up to date by this page; undefined: it can. */
function whyAnew({ position, older, pruned }: FeedPage, { epoch }: FeedPosition): string | undefined {
  if (position.epoch !== epoch || older) return 'the database was restored, or another took its place';
  return pruned ? 'changes this node has not read were pruned' : undefined;
}

function* take<Item>(items: Iterable<Item>, most: number): Generator<Item> {
  let taken = 0;
  for (const item of items) {
    if (taken++ >= most) return;
    yield item;
  }
}
