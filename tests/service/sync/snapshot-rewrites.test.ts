import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import type { Entry } from '../../../src/domain/entry.js';
import { randomHash } from '../../support/images.js';
import { messages, SnapshotNodes } from './snapshot-nodes.js';

const { fromSnapshot, written } = messages;
const nodes = new SnapshotNodes();

describe('a snapshot written while entries come and go', () => {
  it('lets the next node find what the database holds', async () => {
    const node = await nodes.start();
    await node.logged(written);
    const hexes = Array.from({ length: 12 }, () => randomHash(nodes.random));
    const before = await Promise.all(hexes.slice(0, 6).map((hex) => nodes.create(hex)));
    await node.follower.refresh();
    const writing = node.snapshots.write();
    for (const entry of before.slice(0, 3)) await nodes.withdraw(entry);
    const during = await Promise.all(hexes.slice(6).map((hex) => nodes.create(hex)));
    await node.follower.refresh();
    await nodes.withdraw(during[0] as Entry);
    await node.follower.refresh();
    await writing;
    // The first node did not write at a stop.
    const next = await nodes.start({ writes: false });
    expect(next.messages()).toEqual([fromSnapshot]);
    const expected = [...before, ...during].map(({ id }, at) => (at < 3 || at === 6 ? [] : [[id, true]]));
    for (const one of [node, next]) expect(await Promise.all(hexes.map((hex) => nodes.found(one, hex)))).toEqual(expected);
    expect(next.index.size).toBe(node.index.size);
  });

  it('records no position whose changes are not all applied', async () => {
    const node = await nodes.start();
    await node.logged(written);
    // More than one turn applies.
    const hexes = Array.from({ length: 5_000 }, () => randomHash(nodes.random));
    await nodes.stores.entries.createMany(
      hexes.map((hex) => nodes.newEntry(hex)),
      setup,
    );
    await node.follower.refresh();
    expect(node.index.size).toBeLessThan((await nodes.stores.hashes.highestOrdinal()) - 1_000);
    await node.snapshots.write();
    const next = await nodes.start({ writes: false });
    expect(next.messages()).toEqual([fromSnapshot]);
    for (const hex of hexes.slice(-20)) expect(await nodes.found(next, hex)).toHaveLength(1);
  });
});

describe('the file of a running node', () => {
  it('loses a withdrawn hash at the next rewrite', async () => {
    const hex = randomHash(nodes.random);
    const entry = await nodes.create(hex);
    const node = await nodes.start({ everyMs: 100 });
    await node.logged(written);
    expect(await nodes.contains(hex)).toBe(true);
    await nodes.withdraw(entry);
    await node.follower.refresh();
    await vi.waitFor(async () => expect(await nodes.contains(hex)).toBe(false), { timeout: 10_000 });
  });

  it('is written at the stop only if something changed', async () => {
    await nodes.leaveSnapshot();
    const { ino } = await stat(nodes.path);
    const idle = await nodes.start({ everyMs: 20 });
    await idle.follower.refresh();
    await idle.stop();
    expect((await stat(nodes.path)).ino).toBe(ino);
    const hex = randomHash(nodes.random);
    const busy = await nodes.start();
    await nodes.create(hex);
    await busy.follower.refresh();
    await busy.stop();
    expect(await nodes.contains(hex)).toBe(true);
  });

  it('is replaced after the database was restored', async () => {
    const node = await nodes.start();
    await node.logged(written);
    const [feed] = await nodes.database.query<{ epoch: string }>('update feed set epoch = gen_random_uuid() returning epoch');
    await node.follower.refresh();
    await vi.waitFor(async () => expect((await readFile(nodes.path)).includes(feed?.epoch ?? '-')).toBe(true), {
      timeout: 10_000,
    });
  });

  it('stays when it cannot be rewritten, but is deleted before a withdrawal is a day old', async () => {
    const hex = randomHash(nodes.random);
    const entry = await nodes.create(hex);
    const node = await nodes.start();
    await node.logged(written);
    await mkdir(join(`${nodes.path}.partial`, 'in-the-way'), { recursive: true });
    await nodes.withdraw(entry);
    await node.follower.refresh();
    await node.snapshots.write();
    expect(node.messages()).toContain('snapshot could not be written');
    expect(await nodes.contains(hex)).toBe(true);
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now + 23 * 3_600_000);
    await node.snapshots.write();
    clock.mockRestore();
    await expect(stat(nodes.path)).rejects.toThrow('ENOENT');
    expect(node.output()).not.toContain(hex);
  });
});
