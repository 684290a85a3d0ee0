import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock } from '../../../src/store/embedded/lock.js';
import { acquireFileLock } from '../../../src/store/embedded/lock-file.js';
import type { LockAttempt, LockHolder } from '../../../src/store/embedded/lock-holder.js';
import { killChildren, startChild } from './support/children.js';
import { type Directory, temporaryDirectory } from './support/database.js';

const self: LockHolder = { pid: process.pid, command: 'vigie test', since: '2026-01-01T00:00:00.000Z' };
let directory: Directory;

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await killChildren();
  directory.remove();
});

function lockOf(attempt: LockAttempt) {
  if (!('lock' in attempt)) throw new Error(`held by ${attempt.heldBy.pid}`);
  return attempt.lock;
}

describe.each([
  ['acquireLock', acquireLock, 'lock'],
  ['acquireFileLock', acquireFileLock, 'fileLock'],
] as const)('%s', (_, acquire, task) => {
  it('tells another process which process holds it', async () => {
    const lock = lockOf(await acquire(directory.path, self));
    expect(await startChild().ask(task, { directory: directory.path })).toEqual({ heldBy: self });
    await lock.release();
  });

  it('tells the same process which process holds it', async () => {
    const lock = lockOf(await acquire(directory.path, self));
    expect(await acquire(directory.path, self)).toEqual({ heldBy: self });
    await lock.release();
  });

  it('is free again after release', async () => {
    await lockOf(await acquire(directory.path, self)).release();
    await lockOf(await acquire(directory.path, self)).release();
  });

  it('is free again when its holder is killed', async () => {
    const child = startChild();
    await child.ask(task, { directory: directory.path });
    expect(await acquire(directory.path, self)).toMatchObject({ heldBy: { pid: child.pid, command: 'child' } });
    await child.kill();
    await lockOf(await acquire(directory.path, self)).release();
  });

  it('does not affect other directories', async () => {
    const other = temporaryDirectory();
    const locks = [lockOf(await acquire(directory.path, self)), lockOf(await acquire(other.path, self))];
    await Promise.all(locks.map((lock) => lock.release()));
    other.remove();
  });

  it('goes to exactly one of eight that ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => acquire(directory.path, self)));
    const locks = all.flatMap((attempt) => ('lock' in attempt ? [attempt.lock] : []));
    expect(locks).toHaveLength(1);
    await locks[0]?.release();
  });
});

describe('acquireLock', () => {
  it('recognises a directory by its symbolic link', async () => {
    mkdirSync(join(directory.path, 'data'));
    symlinkSync(join(directory.path, 'data'), join(directory.path, 'alias'));
    const lock = lockOf(await acquireLock(join(directory.path, 'data'), self));
    expect(await acquireLock(join(directory.path, 'alias'), self)).toEqual({ heldBy: self });
    await lock.release();
  });
});

describe('acquireFileLock', () => {
  it('writes a file that only its owner can read', async () => {
    const lock = lockOf(await acquireFileLock(directory.path, self));
    expect(statSync(join(directory.path, 'vigie.lock')).mode & 0o777).toBe(0o600);
    await lock.release();
  });

  it('names an unreadable lock file and does not delete it', async () => {
    writeFileSync(join(directory.path, 'vigie.lock'), 'not ours');
    await expect(acquireFileLock(directory.path, self)).rejects.toThrow('vigie.lock');
  });
});
