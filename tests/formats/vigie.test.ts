import { describe, expect, it } from 'vitest';
import { vigie } from '../../src/formats/vigie.js';
import { digest, pdqOf, readSample, readText, refusalOf, sample } from './reading.js';

const lines = sample('vigie.ndjson').toString('utf8').trimEnd().split('\n');
const withLine = (at: number, line: string) => lines.with(at, line).join('\n');

describe('a file of Vigie', () => {
  it('gives everything that an entry carries', async () => {
    const [first] = await readSample(vigie, 'vigie.ndjson');
    expect(first).toEqual({
      kind: 'listed',
      at: { line: 2 },
      sourceId: `ent_${'0'.repeat(31)}1`,
      hashes: [
        { algorithm: 'pdq', hex: pdqOf(1), quality: 88 },
        { algorithm: 'pdq', hex: pdqOf(2), quality: 80, variant: 'keep_left' },
        { algorithm: 'md5', hex: digest(1, 'md5'), quality: null },
      ],
      class: 'csam_a1',
      sourceCodes: [{ scheme: 'ncmec', code: 'A1' }],
      series: 'EXAMPLE',
      synthetic: true,
      provenance: { unit: 'Example Unit', date: '2026-11-01' },
      facts: { victimIdentified: true },
      expiresAt: '2036-11-23T12:00:00.000Z',
      unsupported: [],
      skippedImageData: false,
    });
  });

  it('gives withdrawals without hashes', async () => {
    const [, second] = await readSample(vigie, 'vigie.ndjson');
    expect(second).toEqual({ kind: 'withdrawn', at: { line: 3 }, sourceId: `ent_${'0'.repeat(31)}2`, hashes: [] });
  });

  it('has no class for one of a newer version, and names its hashes', async () => {
    const [, , third] = await readSample(vigie, 'vigie.ndjson');
    expect(third).toMatchObject({
      class: null,
      sourceCodes: [{ scheme: 'vigie', code: 'a_class_of_the_future' }],
      unsupported: ['hash_of_the_future'],
    });
  });

  it('has an invalid record for a line that is not as described, without repeating it', async () => {
    const items = await readText(vigie, withLine(1, (lines[1] ?? '').replace(pdqOf(1), `0x${pdqOf(1)}`).replace('worst', 'w')));
    expect(items.map(({ kind }) => kind)).toEqual(['invalid', 'withdrawn', 'listed']);
    expect(items[0]).toMatchObject({ reason: 'pdq: begins with 0x' });
    const [broken] = await readText(vigie, withLine(1, '{"id":1,"hashes":[]}'));
    expect(broken).toMatchObject({ reason: 'id, list, updatedAt: missing or not as described' });
  });
});

describe('a file of Vigie is refused', () => {
  it.each([
    ['its last line is missing', 'truncated', lines.slice(0, -1).join('\n')],
    ['a line in the middle is missing', 'truncated', lines.toSpliced(2, 1).join('\n')],
    ['its version is newer', 'header', withLine(0, '{"vigie":"entries","version":2,"at":""}')],
    ['lines follow the last', 'malformed', [...lines, lines[1]].join('\n')],
  ])('if %s', async (_what, fault, content) => {
    expect(await refusalOf(readText(vigie, content))).toMatchObject({ fault });
  });
});
