import { describe, expect, it } from 'vitest';
import { hma } from '../../src/formats/hma.js';
import { formats } from '../../src/formats/registry.js';
import { pdqOf, readText, refusalOf, sample } from './reading.js';

const line = `pdq ${pdqOf(1)}\n`;
const textFormats = [
  ['vics', 'vics-us.json'],
  ['stopncii', 'stopncii.json'],
  ['ncmec', 'ncmec.xml'],
  ['icse', 'icse.csv'],
  ['hma', 'hma.txt'],
  ['vigie', 'vigie.ndjson'],
] as const;

function named(name: string) {
  const format = formats.find((candidate) => candidate.name === name);
  if (!format) throw new Error(`no format ${name}`);
  return format;
}

describe('a text file', () => {
  it.each([1, 2, 5, 1_000])(
    'with a byte that is not UTF-8 is refused with the place of the byte, in chunks of %i',
    async (chunk) => {
      const content = Buffer.concat([Buffer.from(`${line}é`), Buffer.from([0xc3, 0x28]), Buffer.from(line)]);
      const error = await refusalOf(readText(hma, content, chunk));
      expect(error).toMatchObject({ fault: 'encoding' });
      expect(error.at).toEqual({ byte: line.length + 3 });
    },
  );

  it.each(textFormats)('of %s with a NUL byte is refused with its place', async (name, file) => {
    const content = Buffer.concat([sample(file), Buffer.from([0])]);
    const error = await refusalOf(readText(named(name), content));
    expect(error).toMatchObject({ fault: 'encoding', at: { byte: content.length - 1 } });
  });

  it.each(textFormats)('of %s in UTF-16 is refused', async (name, file) => {
    const content = Buffer.from(`\uFEFF${sample(file).toString('utf8')}`, 'utf16le');
    const error = await refusalOf(readText(named(name), content));
    expect(error).toMatchObject({ fault: 'encoding', at: { byte: 0 } });
    expect(error.message).toContain('UTF-16');
  });

  it.each(textFormats)('of %s may begin with a byte order mark', async (name, file) => {
    const plain = await readText(named(name), sample(file));
    const marked = await readText(named(name), Buffer.concat([Buffer.from('\uFEFF'), sample(file)]));
    const withoutPlace = (items: typeof plain) => items.map((item) => ({ ...item, at: null }));
    expect(withoutPlace(marked)).toEqual(withoutPlace(plain));
  });

  it('that ends inside a character is truncated', async () => {
    const content = Buffer.from(`${line}é`).subarray(0, -1);
    expect(await refusalOf(readText(hma, content))).toMatchObject({ fault: 'truncated', at: { byte: line.length } });
  });

  it('with a line of 10 MB is refused with the number of the line', async () => {
    const error = await refusalOf(readText(hma, `${line}${'x'.repeat(10_000_000)}`));
    expect(error).toMatchObject({ fault: 'too_large', at: { line: 2 } });
  });

  it('of lines may end without a line break, and with CRLF', async () => {
    expect(await readText(hma, `${line.trim()}\r\n${line.trim()}`)).toHaveLength(2);
  });
});
