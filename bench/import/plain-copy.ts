import { finished } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

// Without the index for neighbours, which an import drops as well.
const makeTable = `
  create table plain (like hash including defaults including constraints including identity, primary key (ordinal));
  create index on plain (entry);
  create index on plain (digest) where digest is not null`;
const rowsAtOnce = 5_000;

/**
 * Seconds that COPY takes for the same hashes into a table like `hash`, with its indexes: one PDQ hash per entry, and two digests if
 * `digests`.
 */
export async function plainCopySeconds(databaseUrl: string, hashes: readonly string[], digests: boolean): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(makeTable);
    const startedAt = performance.now();
    const copy = client.query(copyFrom('copy plain (ordinal, entry, algorithm, variant, bits, digest) from stdin'));
    let ordinal = 0;
    for (let at = 0; at < hashes.length; at += rowsAtOnce) {
      let rows = '';
      for (const pdq of hashes.slice(at, at + rowsAtOnce)) {
        const entry = `${pdq.slice(0, 8)}-${pdq.slice(8, 12)}-4${pdq.slice(13, 16)}-8${pdq.slice(17, 20)}-${pdq.slice(20, 32)}`;
        rows += `${++ordinal}\t${entry}\tpdq\tfull\t${bitsOf(pdq)}\t\\N\n`;
        if (digests) {
          rows += `${++ordinal}\t${entry}\tmd5\tfull\t\\N\t\\\\x${pdq.slice(0, 32)}\n`;
          rows += `${++ordinal}\t${entry}\tsha1\tfull\t\\N\t\\\\x${pdq.slice(0, 40)}\n`;
        }
      }
      if (!copy.write(rows)) await new Promise((resolve) => copy.once('drain', resolve));
    }
    copy.end();
    await finished(copy);
    return (performance.now() - startedAt) / 1_000;
  } finally {
    await client.end();
  }
}

const nibbles = Array.from({ length: 16 }, (_, value) => value.toString(2).padStart(4, '0'));

function bitsOf(hex: string): string {
  let bits = '';
  for (const digit of hex) bits += nibbles[Number.parseInt(digit, 16)] ?? '';
  return bits;
}
