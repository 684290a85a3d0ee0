import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expandPaths, inOrder } from '../../src/cli/files.js';
import { table, UsageError } from '../../src/cli/run.js';

const root = mkdtempSync(join(tmpdir(), 'vigie-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
for (const folder of ['sub/deep', '.hidden', 'sub/.git']) mkdirSync(join(root, folder), { recursive: true });
for (const file of ['b.jpg', 'a.jpg', '.secret.jpg', 'sub/c.png', 'sub/deep/d.gif', '.hidden/e.jpg', 'sub/.git/f.jpg']) {
  writeFileSync(join(root, file), '');
}
const under = (paths: readonly string[]) => paths.map((path) => path.slice(root.length + 1));

describe('expandPaths', () => {
  it('finds the files of a folder at any depth, in order, without hidden ones', async () => {
    expect(under(await expandPaths([root]))).toEqual(['a.jpg', 'b.jpg', 'sub/c.png', 'sub/deep/d.gif']);
  });

  it('keeps the files it is given in their order, even hidden ones', async () => {
    const given = ['sub/c.png', '.secret.jpg'].map((file) => join(root, file));
    expect(await expandPaths(given)).toEqual(given);
  });

  it('finds the files of a given folder that is hidden itself', async () => {
    expect(under(await expandPaths([join(root, '.hidden')]))).toEqual(['.hidden/e.jpg']);
  });

  it('names a path that does not exist', async () => {
    const missing = join(root, 'nothing.jpg');
    await expect(expandPaths([missing])).rejects.toThrow(new UsageError(`${missing}: no such file or folder`));
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
