import type { ExportedEntry, Format } from '../../src/formats/format.js';
import { formats } from '../../src/formats/registry.js';
import { randomFrom, randomHash } from '../random.js';
import { vicsFile } from './vics-file.js';

const withWriter = formats.filter(({ write }) => write !== undefined);

/** Formats that have a writer. VICS files are of the shape that forensic tools export. */
export const generatedFormats = withWriter.map(({ name }) => name);

export function generatedFile(name: string, records: number, seed = 1): AsyncIterable<string | Uint8Array> | Iterable<string> {
  if (name === 'vics') return vicsFile(records, seed);
  const format = withWriter.find((candidate) => candidate.name === name);
  return written(format, generatedEntries(records, seed));
}

function written(format: Format | undefined, entries: AsyncIterable<ExportedEntry>): AsyncIterable<string | Uint8Array> {
  if (!format?.write) throw new Error('only formats with a writer have generated files');
  return format.write(entries, { at: '2026-11-23T12:00:00.000Z' });
}

/** Entries with an MD5, a SHA-1 and a PDQ hash. Equal seeds give equal entries. */
export async function* generatedEntries(count: number, seed = 1): AsyncGenerator<ExportedEntry> {
  const random = randomFrom(seed);
  for (let number = 1; number <= count; number++) {
    const [pdq, digests] = [randomHash(random), randomHash(random) + randomHash(random)];
    yield {
      id: `ent_${randomHash(random).slice(0, 32)}`,
      list: 'generated',
      withdrawn: false,
      sourceId: String(number),
      hashes: [
        { algorithm: 'md5', hex: digests.slice(0, 32), quality: null },
        { algorithm: 'sha1', hex: digests.slice(32, 72), quality: null },
        { algorithm: 'pdq', hex: pdq, quality: 90 },
      ],
      class: 'csam_a1',
      sourceCodes: [{ scheme: 'ncmec', code: 'A1' }],
      series: number % 10 === 0 ? `SERIES ${number % 97}` : null,
      synthetic: false,
      provenance: { unit: 'Generated' },
      facts: { victimIdentified: number % 3 === 0 },
      expiresAt: null,
      updatedAt: '2026-11-23T12:00:00.000Z',
    };
  }
}
