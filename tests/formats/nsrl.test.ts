import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nsrlSqlite } from '../../src/formats/nsrl-sqlite.js';
import { nsrlText } from '../../src/formats/nsrl-text.js';
import { openSource } from '../../src/formats/open.js';
import { digest, hashesOf, listedIn, readFrom, readText, refusalOf, sample, samplePath } from './reading.js';

describe('NSRLFile.txt', () => {
  it('is ISO-8859-1 and may have quotes inside file names', async () => {
    const items = await listedIn(nsrlText, sample('nsrl.txt'));
    expect(items.map(hashesOf)).toEqual([1, 2].map((number) => ({ sha1: digest(number, 'sha1'), md5: digest(number, 'md5') })));
  });

  it('makes known files known-good, unless they have a special code', async () => {
    expect(await listedIn(nsrlText, sample('nsrl.txt'))).toMatchObject([
      { class: 'known_good', sourceCodes: [{ scheme: 'nsrl', code: 'known' }] },
      { class: null, sourceCodes: [{ scheme: 'nsrl', code: 'special M' }] },
    ]);
  });

  it('with another header is refused', async () => {
    expect(await refusalOf(readText(nsrlText, '"SHA-1","MD5","CRC32"\n'))).toMatchObject({ fault: 'header' });
  });
});

/** The sample without a table FILE. */
const otherApplication = Buffer.from(sample('nsrl.db').toString('latin1').replaceAll('FILE', 'GILE'), 'latin1');

describe('the NSRL database', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-formats-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the rows of FILE with their numbers', async () => {
    const items = await readFrom(nsrlSqlite, await openSource(samplePath('nsrl.db')));
    expect(items.map(({ at }) => at)).toEqual([{ row: 1 }, { row: 2 }, { row: 3 }]);
    expect(hashesOf(items[0])).toEqual({ sha256: digest(1, 'sha256'), sha1: digest(1, 'sha1'), md5: digest(1, 'md5') });
    expect(items[0]).toMatchObject({ class: 'known_good' });
  });

  it('is not changed by reading, and nothing appears beside it', async () => {
    const path = join(folder, 'kept.db');
    copyFileSync(samplePath('nsrl.db'), path);
    await readFrom(nsrlSqlite, await openSource(path));
    expect(readFileSync(path).equals(sample('nsrl.db'))).toBe(true);
  });

  it('is refused if it is truncated', async () => {
    const path = join(folder, 'truncated.db');
    copyFileSync(samplePath('nsrl.db'), path);
    truncateSync(path, 4_096);
    const error = await refusalOf(openSource(path).then((file) => readFrom(nsrlSqlite, file)));
    expect(error).toMatchObject({ fault: 'truncated', at: { byte: 4_096 } });
  });

  it('is refused if a lock is left over, and says what to look for', async () => {
    const path = join(folder, 'locked.db');
    copyFileSync(samplePath('nsrl.db'), path);
    mkdirSync(`${path}.lock`);
    const error = await refusalOf(openSource(path).then((file) => readFrom(nsrlSqlite, file)));
    expect(error.message).toContain('.lock is left over');
  });

  it.each([
    ['damaged', Buffer.concat([sample('nsrl.db').subarray(0, 100), Buffer.alloc(8_092, 0xff)]), 'malformed'],
    ['of another application', otherApplication, 'header'],
  ])('is refused if it is %s', async (_what, content, fault) => {
    const path = join(folder, 'other.db');
    writeFileSync(path, content);
    expect(await refusalOf(openSource(path).then((file) => readFrom(nsrlSqlite, file)))).toMatchObject({ fault });
  });

  it('is refused inside an archive', async () => {
    expect(await refusalOf(readText(nsrlSqlite, sample('nsrl.db')))).toMatchObject({ fault: 'container' });
  });
});
