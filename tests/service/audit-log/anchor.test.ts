import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendAnchor, readAnchors } from '../../../src/service/audit-log/anchor.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-anchor-'));
  path = join(folder, 'audit.anchor');
});
afterEach(() => rm(folder, { recursive: true }));

const sealAt = (position: number) => ({ position, mac: new Uint8Array(32).fill(position) });
const append = (position: number) => appendAnchor(path, sealAt(position), new Date('2026-11-26T12:00:00Z'));
const positions = async () => (await readAnchors(path))?.anchors.map(({ position }) => position);

describe('the anchor file', () => {
  it('keeps a line per anchor', async () => {
    for (const position of [1, 7, 9]) await append(position);
    expect(await positions()).toEqual([1, 7, 9]);
    const [first] = (await readFile(path, 'utf8')).split('\n');
    expect(JSON.parse(first ?? '')).toEqual({ position: 1, mac: '01'.repeat(32), at: '2026-11-26T12:00:00.000Z' });
  });

  it('is readable by its owner only', async () => {
    await append(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('reads as undefined if it does not exist', async () => {
    expect(await readAnchors(path)).toBeUndefined();
  });

  it('continues after a line that a power failure cut, and reports that line', async () => {
    await append(1);
    await appendFile(path, '{"position":2,"ma');
    await append(3);
    expect(await positions()).toEqual([1, 3]);
    expect((await readAnchors(path))?.unreadable).toEqual([2]);
  });
});
