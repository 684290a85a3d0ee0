import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Acquired, Holder } from '../../../src/store/embedded/holder.js';
import { acquireLock } from '../../../src/store/embedded/lock.js';
import { acquireFileLock } from '../../../src/store/embedded/lock-file.js';
import { killChildren, startChild } from './support/children.js';
import { type Directory, temporaryDirectory } from './support/database.js';

const me: Holder = { pid: process.pid, command: 'vigie test', since: '2026-01-01T00:00:00.000Z' };
let directory: Directory;

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await killChildren();
  directory.remove();
});

function lockOf(acquired: Acquired) {
  if (!('lock' in acquired)) throw new Error(`held by ${acquired.heldBy.pid}`);
  return acquired.lock;
}

describe.each([
  ['acquireLock', acquireLock, 'lock'],
  ['acquireFileLock', acquireFileLock, 'fileLock'],
] as const)('%s', (_, acquire, task) => {
  it('tells another process who holds the directory', async () => {
    const lock = lockOf(await acquire(directory.path, me));
    expect(await startChild().ask(task, { directory: directory.path })).toEqual({ heldBy: me });
    await lock.release();
  });

  it('tells the same process too', async () => {
    const lock = lockOf(await acquire(directory.path, me));
    expect(await acquire(directory.path, me)).toEqual({ heldBy: me });
    await lock.release();
  });

  it('is free again after release', async () => {
    await lockOf(await acquire(directory.path, me)).release();
    await lockOf(await acquire(directory.path, me)).release();
  });

  it('is free again when its holder is killed', async () => {
    const child = startChild();
    await child.ask(task, { directory: directory.path });
    expect(await acquire(directory.path, me)).toMatchObject({ heldBy: { pid: child.pid, command: 'child' } });
    await child.kill();
    await lockOf(await acquire(directory.path, me)).release();
  });

  it('leaves other directories free', async () => {
    const other = temporaryDirectory();
    const locks = [lockOf(await acquire(directory.path, me)), lockOf(await acquire(other.path, me))];
    await Promise.all(locks.map((lock) => lock.release()));
    other.remove();
  });

  it('goes to one of many who want it at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => acquire(directory.path, me)));
    const locks = all.flatMap((acquired) => ('lock' in acquired ? [acquired.lock] : []));
    expect(locks).toHaveLength(1);
    await locks[0]?.release();
  });
});

describe('acquireLock', () => {
  it('knows a directory by any of its names', async () => {
    mkdirSync(join(directory.path, 'data'));
    symlinkSync(join(directory.path, 'data'), join(directory.path, 'alias'));
    const lock = lockOf(await acquireLock(join(directory.path, 'data'), me));
    expect(await acquireLock(join(directory.path, 'alias'), me)).toEqual({ heldBy: me });
    await lock.release();
  });
});

describe('acquireFileLock', () => {
  it('writes a file only its owner can read', async () => {
    const lock = lockOf(await acquireFileLock(directory.path, me));
    expect(statSync(join(directory.path, 'vigie.lock')).mode & 0o777).toBe(0o600);
    await lock.release();
  });

  it('names a file it cannot read instead of deleting it', async () => {
    writeFileSync(join(directory.path, 'vigie.lock'), 'not ours');
    await expect(acquireFileLock(directory.path, me)).rejects.toThrow('vigie.lock');
  });
});
