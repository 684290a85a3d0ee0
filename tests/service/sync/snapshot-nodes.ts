import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { type Entry, uuidOfEntryId } from '../../../src/domain/entry.js';
import { statusOf } from '../../../src/domain/standing.js';
import { MemoryIndex } from '../../../src/index/memory.js';
import type { SnapshotHeader } from '../../../src/index/snapshot-format.js';
import { readSnapshot } from '../../../src/index/snapshot-reader.js';
import { writeSnapshot } from '../../../src/index/snapshot-writer.js';
import { type IndexWorkerPool, startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { KeyCache } from '../../../src/service/accounts/key-cache.js';
import { OrganisationCache } from '../../../src/service/accounts/organisation-cache.js';
import { ListCache } from '../../../src/service/lists/list-cache.js';
import { ChangeFeedFollower } from '../../../src/service/sync/change-feed-follower.js';
import { Snapshots } from '../../../src/service/sync/snapshots.js';
import { ChangeStore } from '../../../src/store/changes.js';
import type { Database } from '../../../src/store/database.js';
import { dropNearIndex } from '../../../src/store/near-index.js';
import type { Stores } from '../../../src/store/stores.js';
import { quietCanaryWatch } from '../../support/canary-watch.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from '../../support/database.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, pdqHash, withdraw } from '../../support/own-database.js';

export const messages = {
  fromSnapshot: 'index loaded from the snapshot',
  fromDatabase: 'index loaded',
  refused: 'snapshot not used; loading from the database',
  written: 'snapshot written',
} as const;

export interface SnapshotNode {
  readonly follower: ChangeFeedFollower;
  readonly snapshots: Snapshots;
  readonly index: MemoryIndex;
  messages(): string[];
  output(): string;
  logged(message: string): Promise<void>;
  stop(): Promise<void>;
}

export interface NodeOptions {
  readonly key?: Uint8Array;
  readonly everyMs?: number;
  readonly writes?: boolean;
}

/** Create one per test file. After each test it stops all nodes and deletes their snapshot. */
export class SnapshotNodes {
  readonly random = randomFrom(3);
  path = '';
  private testDatabase!: TestDatabase;
  database!: Database;
  stores!: Stores;
  private workers!: IndexWorkerPool;
  private readonly running = new Set<SnapshotNode>();

  constructor() {
    beforeAll(() => this.prepare());
    afterEach(async () => {
      for (const node of this.running) await node.stop();
      await rm(join(this.testDatabase.env.VIGIE_DATA_DIR, 'snapshots'), { recursive: true, force: true });
    });
    afterAll(async () => {
      await this.workers.close();
      await this.database.close();
      await this.testDatabase.drop();
    });
  }

  newEntry(hex: string, status: 'draft' | 'verified' = 'verified') {
    return newEntryOf([pdqHash(hex, { quality: 80 })], { status, quality: 80 });
  }

  async create(hex: string, status?: 'draft'): Promise<Entry> {
    const stored = await this.stores.entries.create(this.newEntry(hex, status), setup);
    if (!stored) throw new Error('the list "known" is seeded');
    return stored.entry;
  }

  withdraw({ id }: Entry) {
    return withdraw(this.stores, uuidOfEntryId(id) ?? '', 'a test');
  }

  async start({ key, everyMs = 3_600_000, writes = true }: NodeOptions = {}): Promise<SnapshotNode> {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const index = new MemoryIndex(this.workers);
    const snapshots = new Snapshots({ index, path: this.path, key, writes, log });
    // The job `write_snapshot` of a server.
    const timer = setInterval(() => void snapshots.writeIfDue().catch(() => {}), everyMs);
    const parts = { ...this.stores, changes: new ChangeStore(this.database), index, snapshots, log, maxAgeMs: 60_000 };
    const follower = new ChangeFeedFollower({
      ...parts,
      canaryWatch: quietCanaryWatch(),
      keyCache: new KeyCache(),
      listCache: new ListCache(),
      organisationCache: new OrganisationCache(),
    });
    await follower.start();
    const logged = () => lines.map((line) => String(JSON.parse(line).msg));
    const node: SnapshotNode = {
      follower,
      snapshots,
      index,
      messages: logged,
      output: () => lines.join(''),
      logged: (message: string) => vi.waitFor(() => expect(logged()).toContain(message), { timeout: 10_000 }),
      stop: async () => {
        this.running.delete(node);
        clearInterval(timer);
        await follower.close();
        await snapshots.close();
        await index.close();
      },
    };
    this.running.add(node);
    return node;
  }

  /** Starts and stops a node. */
  async leaveSnapshot(options?: NodeOptions): Promise<void> {
    const node = await this.start(options);
    await node.logged(messages.written);
    await node.stop();
  }

  async found(node: SnapshotNode, hex: string): Promise<[string, boolean][]> {
    const [hits = []] = await node.index.search('pdq', [hex], 0);
    return hits.map(({ entry }) => [entry.id, statusOf(entry.standing) === 'verified']);
  }

  async contains(hex: string): Promise<boolean> {
    return (await readFile(this.path)).includes(Buffer.from(hex, 'hex'));
  }

  async rewriteHeader(change: (header: SnapshotHeader) => SnapshotHeader): Promise<void> {
    const { header, pieces } = await readSnapshot(this.path, undefined, async (snapshot) => {
      const read: Uint8Array[] = [];
      for await (const piece of snapshot.records) read.push(piece);
      return { header: snapshot.header, pieces: read };
    });
    await writeSnapshot(this.path, change(header), pieces, undefined);
  }

  private async prepare(): Promise<void> {
    this.testDatabase = await createTestDatabase();
    ({ database: this.database, stores: this.stores } = await openTestDatabase(this.testDatabase));
    this.path = join(this.testDatabase.env.VIGIE_DATA_DIR, 'snapshots', 'index.snapshot');
    this.workers = await startIndexWorkerPool(1);
    // Building it takes longer than everything else.
    await dropNearIndex(this.database);
    // More than one slice of records.
    await this.stores.entries.createMany(
      Array.from({ length: 3_000 }, () => this.newEntry(randomHash(this.random))),
      setup,
    );
  }
}
