import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, openSource } from '../../src/formats/open.js';
import { detectFormat } from '../../src/formats/registry.js';
import { vics } from '../../src/formats/vics.js';
import { readFrom, readSample, refusalOf, sample } from './reading.js';
import { zipOf } from './zip-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-formats-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function readPath(path: string) {
  const file = await openSource(path);
  return readFrom(detectFormat(await headOf(file), file.name), file);
}

describe('a packed file', () => {
  it.each([
    ['gzip', 'a.json.gz', gzipSync(sample('vics-us.json'))],
    ['zip', 'a.zip', zipOf({ 'folder/': Buffer.alloc(0), 'folder/a.json': sample('vics-us.json') })],
  ])('of %s reads like the file inside', async (_kind, name, content) => {
    expect(await readPath(fileWith(name, content))).toEqual(await readSample(vics, 'vics-us.json'));
  });

  it('takes the name of the file inside', async () => {
    expect((await openSource(fileWith('b.zip', zipOf({ 'folder/a.json': Buffer.from('{}') })))).name).toBe('a.json');
  });

  it.each([
    ['gzip', 'c.gz', gzipSync(sample('vics-us.json'))],
    ['zip', 'c.zip', zipOf({ 'a.json': sample('vics-us.json') })],
  ])('of %s never reads as complete if it is truncated', async (_kind, name, content) => {
    for (const part of [0.3, 0.6, 0.95]) {
      const error = await refusalOf(readPath(fileWith(name, content.subarray(0, content.length * part))));
      expect(error.fault).toBe('truncated');
    }
  });

  it.each([
    ['two files', zipOf({ 'a.json': Buffer.from('{}'), 'b.json': Buffer.from('{}') }), 'several files'],
    ['no file', zipOf({}), 'no file'],
  ])('with %s is refused', async (_what, content, reason) => {
    const error = await refusalOf(openSource(fileWith('d.zip', content)));
    expect(error).toMatchObject({ fault: 'container' });
    expect(error.reason).toContain(reason);
  });

  it('that unpacks to far more than its size is refused while it is read', async () => {
    const file = await openSource(fileWith('bomb.gz', gzipSync(Buffer.alloc(50_000_000, ' '))));
    const error = await refusalOf(readFrom(vics, file));
    expect(error).toMatchObject({ fault: 'too_large' });
    expect(error.reason).toContain('unpacks to more than 200 times its size');
  });

  it('larger than the limit is refused', async () => {
    const limits = { maxBytes: 1_000, maxRatio: 200 };
    expect(await refusalOf(openSource(fileWith('e.json', Buffer.alloc(2_000, ' ')), limits))).toMatchObject({
      fault: 'too_large',
    });
  });

  it('with damaged bytes is refused', async () => {
    const content = gzipSync(sample('vics-us.json'));
    content.fill(0xff, 40, 60);
    expect((await refusalOf(readPath(fileWith('f.gz', content)))).fault).toMatch(/container|truncated/);
  });
});

it('a file that does not exist keeps the error of the file system', async () => {
  await expect(openSource(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('how much of a file was read', () => {
  it.each([
    ['a plain file', 'p.json', sample('vics-us.json')],
    ['a gzip file', 'p.json.gz', gzipSync(sample('vics-us.json'))],
  ])('is told of %s', async (_kind, name, content) => {
    const file = await openSource(fileWith(name, content));
    expect(file.partRead?.()).toBeUndefined();
    for await (const _ of file.chunks());
    expect(file.partRead?.()).toBe(1);
  });

  it('is half in the middle', async () => {
    const file = await openSource(fileWith('half.txt', Buffer.alloc(2 ** 19, 'x')));
    for await (const _ of file.chunks()) break;
    expect(file.partRead?.()).toBe(0.5);
  });
});
