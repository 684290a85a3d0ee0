import { describe, expect, it } from 'vitest';
import { checksums } from '../../src/formats/checksums.js';
import { digest, hashesOf, listedIn, readText, sample } from './reading.js';

describe('the output of md5sum', () => {
  it('is read without its file names', async () => {
    const items = await listedIn(checksums, sample('md5sum.txt'));
    expect(items.map(hashesOf)).toEqual([
      { md5: digest(1, 'md5') },
      { md5: digest(2, 'md5') },
      { md5: digest(3, 'md5') },
      { sha1: digest(4, 'sha1') },
      {},
    ]);
    expect(items[4]?.unsupported).toEqual(['sha512']);
    expect(JSON.stringify(items)).not.toContain('picture');
  });

  it('is also read in the form of --tag', async () => {
    const items = await listedIn(checksums, sample('sha256sum-tag.txt'));
    expect(items.map(hashesOf)).toEqual([{ sha256: digest(1, 'sha256') }, { md5: digest(1, 'md5') }, {}]);
  });

  it.each([
    ['a digest of 31 digits', `${digest(1, 'md5').slice(1)}  a.jpg`, 'no digest has 31 digits'],
    ['hundreds of thousands of characters', `MD5 (${')='.repeat(400_000)} `, 'is longer than 10000 characters'],
    ['no file name', digest(1, 'md5'), 'expected a digest, two spaces and a file name'],
    ['a digit that is none', `${digest(1, 'md5').slice(1)}g  a.jpg`, 'md5: expected 32 hexadecimal digits, character 32 is none'],
  ])('has an invalid record for a line with %s', async (_what, line, reason) => {
    expect(await readText(checksums, `${line}\n`)).toEqual([{ kind: 'invalid', at: { line: 1 }, reason }]);
  });
});
