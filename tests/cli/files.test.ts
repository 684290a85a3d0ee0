import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findFiles, inOrder, nameOf, printable } from '../../src/cli/files.js';
import { table, UsageError } from '../../src/cli/run.js';

const root = mkdtempSync(join(tmpdir(), 'vigie-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
for (const folder of ['sub/deep', '.hidden', 'sub/.git']) mkdirSync(join(root, folder), { recursive: true });
for (const file of ['b.jpg', 'a.jpg', '.secret.jpg', 'sub/c.png', 'sub/deep/d.gif', '.hidden/e.jpg', 'sub/.git/f.jpg']) {
  writeFileSync(join(root, file), '');
}
/** `name`, or `name: why it is no file`. */
async function found(...paths: readonly string[]): Promise<string[]> {
  return (await findFiles(paths)).map((one) => {
    const name = nameOf(one.path).slice(root.length + 1);
    if ('skipped' in one) return `${name}: skipped, ${one.skipped}`;
    return 'error' in one ? `${name}: ${(one.error as NodeJS.ErrnoException).code}` : name;
  });
}

describe('findFiles', () => {
  it('finds the files of a folder at any depth, in order, without hidden ones', async () => {
    expect(await found(root)).toEqual(['a.jpg', 'b.jpg', 'sub/c.png', 'sub/deep/d.gif']);
  });

  it('keeps the files it is given in their order, even hidden ones', async () => {
    const given = ['sub/c.png', '.secret.jpg'];
    expect(await found(...given.map((file) => join(root, file)))).toEqual(given);
  });

  it('finds the files of a given folder that is hidden itself', async () => {
    expect(await found(join(root, '.hidden'))).toEqual(['.hidden/e.jpg']);
  });

  it('names a path that does not exist', async () => {
    for (const name of ['nothing.jpg', 'a.jpg/']) {
      const missing = `${root}/${name}`;
      await expect(findFiles([missing])).rejects.toThrow(new UsageError(`${missing}: no such file or folder`));
    }
  });
});

describe('findFiles, in a folder with more than files', () => {
  const odd = join(root, '.odd');
  mkdirSync(join(odd, 'folder'), { recursive: true });
  writeFileSync(join(odd, 'folder', 'file.jpg'), '');
  symlinkSync('folder/file.jpg', join(odd, 'link-to-file'));
  symlinkSync('folder', join(odd, 'link-to-folder'));
  symlinkSync('..', join(odd, 'folder', 'link-to-parent'));
  symlinkSync('loop', join(odd, 'loop'));
  symlinkSync('nowhere', join(odd, 'link-to-nothing'));
  symlinkSync('/dev/zero', join(odd, 'zero'));
  execFileSync('mkfifo', [join(odd, 'pipe')]);
  writeFileSync(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from('bad\xff\xfe.jpg', 'latin1')]), '');

  it('follows links to files, and lists whatever is no file', async () => {
    const server = createServer().listen(join(odd, 'socket'));
    expect(await found(odd)).toEqual([
      '.odd/bad\\xff\\xfe.jpg',
      '.odd/folder/file.jpg',
      '.odd/folder/link-to-parent: skipped, a link to a folder; name the folder itself',
      '.odd/link-to-file',
      '.odd/link-to-folder: skipped, a link to a folder; name the folder itself',
      '.odd/link-to-nothing: ENOENT',
      '.odd/loop: ELOOP',
      '.odd/pipe: skipped, a named pipe',
      '.odd/socket: skipped, a socket',
      '.odd/zero: skipped, a device',
    ]);
    server.close();
  });

  it('follows a link to a folder that the command names', async () => {
    expect(await found(join(odd, 'link-to-folder'))).toContain('.odd/link-to-folder/file.jpg');
  });

  it.skipIf(process.getuid?.() === 0)('lists a folder that it may not read', async () => {
    const closed = join(odd, 'folder', 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0);
    expect(await found(join(odd, 'folder'))).toContain('.odd/folder/closed: EACCES');
  });
});

describe('printable', () => {
  it('lets no name end its line or steer the terminal', () => {
    expect(printable('é\n\x1b[2J.jpg')).toBe('é\\x0a\\x1b[2J.jpg');
  });
});

describe('inOrder', () => {
  /** Work whose end the test controls. */
  function held() {
    const ends: ((value: number) => void)[] = [];
    const work = (item: number) =>
      new Promise<number>((resolve) => {
        ends[item] = resolve;
      });
    return { ends, work };
  }

  it('yields results in the order of the items, whichever ends first', async () => {
    const { ends, work } = held();
    const results = inOrder([0, 1, 2], 3, work);
    const first = results.next();
    for (const item of [2, 1, 0]) ends[item]?.(item * 10);
    expect([(await first).value, (await results.next()).value, (await results.next()).value]).toEqual([0, 10, 20]);
  });

  it('runs at most `width` items at a time', async () => {
    let running = 0;
    let maxRunning = 0;
    const work = async () => {
      maxRunning = Math.max(maxRunning, ++running);
      await new Promise(setImmediate);
      running--;
    };
    for await (const _ of inOrder(Array.from({ length: 20 }), 4, work));
    expect(maxRunning).toBe(4);
  });

  it('throws a failure when its result is awaited', async () => {
    const results = inOrder([1, 2], 2, async (item) => {
      if (item === 2) throw new Error('no');
      return item;
    });
    expect((await results.next()).value).toBe(1);
    await expect(results.next()).rejects.toThrow('no');
  });

  it('yields nothing for no items', async () => {
    expect((await inOrder([], 3, async () => 1).next()).done).toBe(true);
  });
});

describe('table', () => {
  it('makes columns as wide as their widest cell, without trailing spaces', () => {
    const rows = [
      ['id', 'action', 'title'],
      ['long-id', 'remove', ''],
    ];
    expect(table(rows)).toBe('id       action  title\nlong-id  remove');
  });

  it('is empty without rows', () => {
    expect(table([])).toBe('');
  });
});
