import { randomUUID } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { uuidOfEntryId } from '../../../src/domain/entry.js';
import { SnapshotRefused } from '../../../src/index/snapshot-format.js';
import { readSnapshot } from '../../../src/index/snapshot-reader.js';
import { ChangeStore } from '../../../src/store/changes.js';
import { randomHash } from '../../support/images.js';
import { testKey } from '../../support/snapshots.js';
import { messages, SnapshotNodes } from './snapshot-nodes.js';

const { fromSnapshot, fromDatabase, refused, written } = messages;
const nodes = new SnapshotNodes();

describe('a node that starts', () => {
  it('loads from the database when there is no snapshot, without a warning, and writes one', async () => {
    const node = await nodes.start();
    await node.logged(written);
    expect(node.messages()).toEqual([fromDatabase, written]);
    expect((await stat(nodes.path)).mode & 0o777).toBe(0o600);
  });

  it('loads from the snapshot of the last node, and finds what changed since', async () => {
    const [kept, gone, draft, fresh] = Array.from({ length: 4 }, () => randomHash(nodes.random));
    if (!kept || !gone || !draft || !fresh) throw new Error('four hashes were made');
    const keptEntry = await nodes.create(kept);
    const goneEntry = await nodes.create(gone);
    const draftEntry = await nodes.create(draft, 'draft');
    await nodes.leaveSnapshot();
    await nodes.withdraw(goneEntry);
    const freshEntry = await nodes.create(fresh);
    await nodes.database.query("update entry set status = 'verified' where id = $1", [uuidOfEntryId(draftEntry.id)]);
    await nodes.database.query("insert into change (kind, subject) values ('entry', $1)", [uuidOfEntryId(draftEntry.id)]);
    const node = await nodes.start();
    expect(node.messages()).toContain(fromSnapshot);
    expect(node.messages()).not.toContain(fromDatabase);
    expect(node.follower.ready).toBe(true);
    expect(node.follower.freshness().version).toBe((await new ChangeStore(nodes.database).now()).version);
    expect(await nodes.found(node, kept)).toEqual([[keptEntry.id, true]]);
    expect(await nodes.found(node, gone)).toEqual([]);
    expect(await nodes.found(node, draft)).toEqual([[draftEntry.id, true]]);
    expect(await nodes.found(node, fresh)).toEqual([[freshEntry.id, true]]);
  });

  it('removes from the snapshot, at once, a hash withdrawn while no node ran', async () => {
    const hex = randomHash(nodes.random);
    const entry = await nodes.create(hex);
    await nodes.leaveSnapshot();
    expect(await nodes.contains(hex)).toBe(true);
    await nodes.withdraw(entry);
    const node = await nodes.start();
    await node.logged(written);
    expect(await nodes.contains(hex)).toBe(false);
  });

  it('loads from the database when changes after the snapshot were pruned', async () => {
    const [gone, fresh] = [randomHash(nodes.random), randomHash(nodes.random)];
    const goneEntry = await nodes.create(gone);
    await nodes.leaveSnapshot();
    await nodes.withdraw(goneEntry);
    const freshEntry = await nodes.create(fresh);
    // Any open transaction of the server prevents pruning.
    const isPast = 'select pg_snapshot_xmin(pg_current_snapshot()) > max(xid) as past from change';
    await vi.waitFor(async () => expect(await nodes.database.query(isPast)).toEqual([{ past: true }]), { timeout: 20_000 });
    while ((await new ChangeStore(nodes.database).prune(0)) > 0);
    const node = await nodes.start();
    const pruned = 'changes were pruned before this node had read them; loading everything again';
    expect(node.messages().slice(0, 3)).toEqual([fromSnapshot, pruned, fromDatabase]);
    expect([await nodes.found(node, gone), await nodes.found(node, fresh)]).toEqual([[], [[freshEntry.id, true]]]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['damaged', async () => writeFile(nodes.path, (await readFile(nodes.path)).fill(1, 200, 201)), 'its checksum is wrong'],
    [
      'cut off',
      async () => writeFile(nodes.path, (await readFile(nodes.path)).subarray(0, 1_000)),
      'the file is damaged or cut off',
    ],
    ['not a snapshot', () => writeFile(nodes.path, 'something else'), 'the file is not a snapshot'],
    [
      'of another database',
      () => nodes.rewriteHeader((header) => ({ ...header, position: { ...header.position, epoch: randomUUID() } })),
      'the file belongs to another database',
    ],
    [
      'newer than the database',
      () => nodes.rewriteHeader((header) => ({ ...header, position: { ...header.position, snapshot: '1:99999999:' } })),
      'the database is older than the file',
    ],
  ])('loads from the database when the file is %s, logs why, and replaces it', async (_name, spoil, reason) => {
    const hex = randomHash(nodes.random);
    const entry = await nodes.create(hex);
    await nodes.leaveSnapshot();
    await spoil();
    const node = await nodes.start();
    await node.logged(written);
    expect(node.messages().slice(0, 2)).toEqual([refused, fromDatabase]);
    expect(node.output()).toContain(reason);
    expect(await nodes.found(node, hex)).toEqual([[entry.id, true]]);
    await node.stop();
    expect((await nodes.start()).messages()).toEqual([fromSnapshot]);
  });

  it('refuses a file sealed with another key, and logs neither key', async () => {
    await nodes.leaveSnapshot({ key: testKey });
    const other = Buffer.alloc(32, 9);
    const node = await nodes.start({ key: other });
    await node.logged(written);
    expect(node.messages()).toEqual([refused, fromDatabase, written]);
    for (const key of [testKey, other]) expect(node.output()).not.toContain(key.toString('hex'));
    await expect(readSnapshot(nodes.path, testKey, async () => {})).rejects.toThrow(SnapshotRefused);
  });

  it('writes nothing when a server writes the file', async () => {
    const node = await nodes.start({ writes: false });
    await node.snapshots.write();
    await expect(stat(nodes.path)).rejects.toThrow('ENOENT');
  });
});
