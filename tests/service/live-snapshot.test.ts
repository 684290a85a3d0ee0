import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Entry, uuidOfEntryId } from '../../src/domain/entry.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { type SnapshotHeader, SnapshotRefused } from '../../src/index/snapshot-format.js';
import { readSnapshot } from '../../src/index/snapshot-reader.js';
import { writeSnapshot } from '../../src/index/snapshot-writer.js';
import { type IndexWorkers, startIndexWorkers } from '../../src/index/workers.js';
import type { Stores } from '../../src/main.js';
import { Keyring } from '../../src/service/keyring.js';
import { ListBook } from '../../src/service/list-book.js';
import { Live } from '../../src/service/live.js';
import { Snapshots } from '../../src/service/snapshots.js';
import { ChangeStore } from '../../src/store/changes.js';
import type { Database } from '../../src/store/database.js';
import { dropNearIndex } from '../../src/store/near-index.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { testKey } from '../support/snapshots.js';

const fromSnapshot = 'index loaded from the snapshot';
const fromDatabase = 'index loaded';
const refused = 'the snapshot is not used: loading from the database';
const written = 'snapshot written';
const random = randomFrom(3);

let testDatabase: TestDatabase;
let database: Database;
let stores: Stores;
let workers: IndexWorkers;
let path: string;
const nodes: Node[] = [];

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  ({ database, stores } = await openTestDatabase(testDatabase));
  workers = await startIndexWorkers(1);
  // Nobody explores here, and building the graph takes longer than all the rest.
  await dropNearIndex(database);
  // More than a slice of records, so that a snapshot is not written in one go.
  await stores.entries.createMany(Array.from({ length: 3_000 }, () => newEntry(randomHash(random))));
});

afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
  await rm(join(testDatabase.env.VIGIE_DATA_DIR, 'snapshots'), { recursive: true, force: true });
});

afterAll(async () => {
  await workers.close();
  await database.close();
  await testDatabase.drop();
});

function newEntry(hex: string, status: 'draft' | 'verified' = 'verified') {
  const hash = { algorithm: 'pdq' as const, variant: 'full', hex, quality: 80 };
  return { list: 'known', status, identity: randomBytes(32), hashes: [hash], quality: 80, provenance: {}, createdBy: null };
}

/** Writes to the database behind every node's back. */
async function create(hex: string, status?: 'draft'): Promise<Entry> {
  const stored = await stores.entries.create(newEntry(hex, status));
  if (!stored) throw new Error('the list "known" is seeded');
  return stored.entry;
}

const withdraw = ({ id }: Entry) => stores.entries.withdraw(uuidOfEntryId(id) ?? '', 'a test');

interface Node {
  readonly live: Live;
  readonly snapshots: Snapshots;
  readonly index: MemoryIndex;
  /** Its messages so far. */
  messages(): string[];
  output(): string;
  /** Resolves once the message was logged. */
  logged(message: string): Promise<void>;
  /** As main.ts stops it. */
  stop(): Promise<void>;
}

interface NodeOptions {
  readonly key?: Uint8Array;
  readonly everyMs?: number;
  readonly writes?: boolean;
}

async function startNode({ key, everyMs = 3_600_000, writes = true }: NodeOptions = {}): Promise<Node> {
  path = join(testDatabase.env.VIGIE_DATA_DIR, 'snapshots', 'index.snapshot');
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const index = new MemoryIndex(workers);
  const snapshots = new Snapshots({ index, path, key, writes, log, everyMs });
  const parts = { ...stores, changes: new ChangeStore(database), index, snapshots, log, maxAgeMs: 60_000 };
  const live = new Live({ ...parts, keyring: new Keyring(), listBook: new ListBook() });
  await live.start();
  const messages = () => lines.map((line) => String(JSON.parse(line).msg));
  const node = {
    live,
    snapshots,
    index,
    messages,
    output: () => lines.join(''),
    logged: (message: string) => vi.waitFor(() => expect(messages()).toContain(message), { timeout: 10_000 }),
    async stop() {
      await live.close();
      await snapshots.close();
      await index.close();
    },
  };
  nodes.push(node);
  return node;
}

/** Starts a node and stops it, so that there is a file. */
async function leaveSnapshot(options?: NodeOptions): Promise<void> {
  const node = await startNode(options);
  await node.logged(written);
  await node.stop();
  nodes.pop();
}

async function found(node: Node, hex: string): Promise<[string, boolean][]> {
  const [hits = []] = await node.index.search('pdq', [hex], 0);
  return hits.map(({ entry }) => [entry.id, entry.verified]);
}

const contains = async (hex: string) => (await readFile(path)).includes(Buffer.from(hex, 'hex'));

/** Writes the file anew with another header. */
async function rewrite(change: (header: SnapshotHeader) => SnapshotHeader): Promise<void> {
  const { header, pieces } = await readSnapshot(path, undefined, async (snapshot) => {
    const read: Uint8Array[] = [];
    for await (const piece of snapshot.records) read.push(piece);
    return { header: snapshot.header, pieces: read };
  });
  await writeSnapshot(path, change(header), pieces, undefined);
}

describe('a node that starts', () => {
  it('loads from the database where there is no file, says nothing of it, and writes one', async () => {
    const node = await startNode();
    await node.logged(written);
    expect(node.messages()).toEqual([fromDatabase, written]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('loads from the file the last one left, and finds what changed since', async () => {
    const [kept, gone, draft, fresh] = Array.from({ length: 4 }, () => randomHash(random));
    if (!kept || !gone || !draft || !fresh) throw new Error('four hashes were made');
    const keptEntry = await create(kept);
    const goneEntry = await create(gone);
    const draftEntry = await create(draft, 'draft');
    await leaveSnapshot();
    await withdraw(goneEntry);
    const freshEntry = await create(fresh);
    await database.query("update entry set status = 'verified' where id = $1", [uuidOfEntryId(draftEntry.id)]);
    await database.query("insert into change (kind, subject) values ('entry', $1)", [uuidOfEntryId(draftEntry.id)]);
    const node = await startNode();
    expect(node.messages()).toContain(fromSnapshot);
    expect(node.messages()).not.toContain(fromDatabase);
    expect(node.live.ready).toBe(true);
    expect(node.live.freshness().version).toBe((await new ChangeStore(database).now()).version);
    expect(await found(node, kept)).toEqual([[keptEntry.id, true]]);
    expect(await found(node, gone)).toEqual([]);
    expect(await found(node, draft)).toEqual([[draftEntry.id, true]]);
    expect(await found(node, fresh)).toEqual([[freshEntry.id, true]]);
  });

  it('takes a hash withdrawn while it was down off the disk at once', async () => {
    const hex = randomHash(random);
    const entry = await create(hex);
    await leaveSnapshot();
    expect(await contains(hex)).toBe(true);
    await withdraw(entry);
    const node = await startNode();
    await node.logged(written);
    expect(await contains(hex)).toBe(false);
  });

  it('loads from the database where changes after the file were pruned', async () => {
    const [gone, fresh] = [randomHash(random), randomHash(random)];
    const goneEntry = await create(gone);
    await leaveSnapshot();
    await withdraw(goneEntry);
    const freshEntry = await create(fresh);
    // Any transaction of the server, of whatever database, keeps what was written after it began.
    const isPast = 'select pg_snapshot_xmin(pg_current_snapshot()) > max(xid) as past from change';
    await vi.waitFor(async () => expect(await database.query(isPast)).toEqual([{ past: true }]), { timeout: 20_000 });
    while ((await new ChangeStore(database).prune(0)) > 0);
    const node = await startNode();
    const pruned = 'changes this node has not read were pruned: loading everything again';
    expect(node.messages().slice(0, 3)).toEqual([fromSnapshot, pruned, fromDatabase]);
    expect([await found(node, gone), await found(node, fresh)]).toEqual([[], [[freshEntry.id, true]]]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['damaged', async () => writeFile(path, (await readFile(path)).fill(1, 200, 201)), 'its checksum is wrong'],
    ['cut off', async () => writeFile(path, (await readFile(path)).subarray(0, 1_000)), 'the file is damaged or cut off'],
    ['no snapshot', () => writeFile(path, 'something else'), 'the file is no snapshot'],
    [
      'of another database',
      () => rewrite((header) => ({ ...header, position: { ...header.position, epoch: randomUUID() } })),
      'the file is of another database',
    ],
    [
      'newer than the database',
      () => rewrite((header) => ({ ...header, position: { ...header.position, snapshot: '1:99999999:' } })),
      'the database is older than the file',
    ],
  ])('loads from the database where the file is %s, says why, and replaces it', async (_name, spoil, reason) => {
    const hex = randomHash(random);
    const entry = await create(hex);
    await leaveSnapshot();
    await spoil();
    const node = await startNode();
    await node.logged(written);
    expect(node.messages().slice(0, 2)).toEqual([refused, fromDatabase]);
    expect(node.output()).toContain(reason);
    expect(await found(node, hex)).toEqual([[entry.id, true]]);
    await node.stop();
    nodes.pop();
    expect((await startNode()).messages()).toEqual([fromSnapshot]);
  });

  it('refuses a file sealed with another key, and tells neither', async () => {
    await leaveSnapshot({ key: testKey });
    const other = Buffer.alloc(32, 9);
    const node = await startNode({ key: other });
    await node.logged(written);
    expect(node.messages()).toEqual([refused, fromDatabase, written]);
    for (const key of [testKey, other]) expect(node.output()).not.toContain(key.toString('hex'));
    await expect(readSnapshot(path, testKey, async () => {})).rejects.toThrow(SnapshotRefused);
  });

  it('writes nothing where the file is a server’s', async () => {
    const node = await startNode({ writes: false });
    await node.snapshots.write();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });
});

describe('a snapshot written while entries come and go', () => {
  it('gives the next node the truth', async () => {
    const node = await startNode();
    await node.logged(written);
    const hexes = Array.from({ length: 12 }, () => randomHash(random));
    const before = await Promise.all(hexes.slice(0, 6).map((hex) => create(hex)));
    await node.live.refresh();
    const writing = node.snapshots.write();
    for (const entry of before.slice(0, 3)) await withdraw(entry);
    const during = await Promise.all(hexes.slice(6).map((hex) => create(hex)));
    await node.live.refresh();
    await withdraw(during[0] as Entry);
    await node.live.refresh();
    await writing;
    // Not stopped: the file is the one written meanwhile.
    const next = await startNode({ writes: false });
    expect(next.messages()).toEqual([fromSnapshot]);
    const expected = [...before, ...during].map(({ id }, at) => (at < 3 || at === 6 ? [] : [[id, true]]));
    for (const one of [node, next]) expect(await Promise.all(hexes.map((hex) => found(one, hex)))).toEqual(expected);
    expect(next.index.size).toBe(node.index.size);
  });

  it('records no position before whose changes are applied', async () => {
    const node = await startNode();
    await node.logged(written);
    // More entries than a few turns apply: the feed has been read further than the index has come.
    const hexes = Array.from({ length: 5_000 }, () => randomHash(random));
    await stores.entries.createMany(hexes.map((hex) => newEntry(hex)));
    await node.live.refresh();
    expect(node.index.size).toBeLessThan((await stores.hashes.highestOrdinal()) - 1_000);
    await node.snapshots.write();
    const next = await startNode({ writes: false });
    expect(next.messages()).toEqual([fromSnapshot]);
    for (const hex of hexes.slice(-20)) expect(await found(next, hex)).toHaveLength(1);
  });
});

describe('the file of a running node', () => {
  it('loses a withdrawn hash at the next rewrite', async () => {
    const hex = randomHash(random);
    const entry = await create(hex);
    const node = await startNode({ everyMs: 100 });
    await node.logged(written);
    expect(await contains(hex)).toBe(true);
    await withdraw(entry);
    await node.live.refresh();
    await vi.waitFor(async () => expect(await contains(hex)).toBe(false), { timeout: 10_000 });
  });

  it('is left alone where nothing changed, and written at the stop where something did', async () => {
    await leaveSnapshot();
    const { ino } = await stat(path);
    const idle = await startNode({ everyMs: 20 });
    await idle.live.refresh();
    await idle.stop();
    nodes.pop();
    expect((await stat(path)).ino).toBe(ino);
    const hex = randomHash(random);
    const busy = await startNode();
    await create(hex);
    await busy.live.refresh();
    await busy.stop();
    nodes.pop();
    expect(await contains(hex)).toBe(true);
  });

  it('is written anew after the database was restored', async () => {
    const node = await startNode();
    await node.logged(written);
    const [feed] = await database.query<{ epoch: string }>('update feed set epoch = gen_random_uuid() returning epoch');
    await node.live.refresh();
    await vi.waitFor(async () => expect((await readFile(path)).includes(feed?.epoch ?? '-')).toBe(true), { timeout: 10_000 });
  });

  it('stays, and the node too, where it cannot be rewritten; it is deleted before a withdrawal is a day old', async () => {
    const hex = randomHash(random);
    const entry = await create(hex);
    const node = await startNode();
    await node.logged(written);
    await mkdir(join(`${path}.partial`, 'in-the-way'), { recursive: true });
    await withdraw(entry);
    await node.live.refresh();
    await node.snapshots.write();
    expect(node.messages()).toContain('the snapshot could not be written');
    expect(await contains(hex)).toBe(true);
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 23 * 3_600_000);
    await node.snapshots.write();
    clock.mockRestore();
    await expect(stat(path)).rejects.toThrow('ENOENT');
    expect(node.output()).not.toContain(hex);
  });
});
