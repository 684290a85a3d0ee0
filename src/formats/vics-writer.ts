import type { Algorithm } from '../domain/algorithms/registry.js';
import { codeIn, standing, wholeHashes } from './exported.js';
import { type ExportedEntry, FormatError, type WriteOptions } from './format.js';

export const defaultScheme = 'vics-default-2';
const schemas = new Map([
  ['vics-default-2', 'Default'],
  ['vics-us-2', 'US'],
  ['vics-uk-2', 'UK'],
  ['vics-custom-2', 'CUSTOM'],
]);
const members: Readonly<Partial<Record<Algorithm, string>>> = { md5: 'MD5', sha1: 'SHA1', photodna: 'PhotoDNA' };
const alternatives: Readonly<Partial<Record<Algorithm, string>>> = { sha256: 'SHA256', pdq: 'PDQ', blockhash: 'Blockhash' };

/** A hash set of VICS 2.0. Entries have a category only if they have a code of the receiver's scheme. */
export async function* writeVics(
  entries: AsyncIterable<ExportedEntry>,
  { scheme = defaultScheme }: WriteOptions,
): AsyncGenerator<string> {
  const schema = schemas.get(scheme);
  if (schema === undefined) {
    throw new FormatError('header', 'vics', null, `scheme: expected one of ${[...schemas.keys()].join(', ')}`);
  }
  yield `{"@odata.context":"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/${schema}/$metadata#Media","value":[`;
  let separator = '\n';
  for await (const entry of standing(entries)) {
    yield separator + JSON.stringify(mediaOf(entry, scheme));
    separator = ',\n';
  }
  yield '\n]}\n';
}

function mediaOf(entry: ExportedEntry, scheme: string): object {
  const category = Number(codeIn(entry, scheme) ?? Number.NaN);
  const upper = (algorithm: Algorithm, hex: string) =>
    algorithm === 'photodna' ? Buffer.from(hex, 'hex').toString('base64') : hex.toUpperCase();
  const main = wholeHashes(entry, ['md5', 'sha1', 'photodna']).map(({ algorithm, hex }) => [
    members[algorithm],
    upper(algorithm, hex),
  ]);
  const others = wholeHashes(entry, ['sha256', 'pdq', 'blockhash']).map(({ algorithm, hex }) => ({
    HashName: alternatives[algorithm],
    HashValue: upper(algorithm, hex),
  }));
  const { victimIdentified, offenderIdentified, distributed } = entry.facts;
  return {
    MediaID: mediaIdOf(entry),
    ...(Number.isSafeInteger(category) && { Category: category }),
    ...Object.fromEntries(main),
    DateUpdated: entry.updatedAt,
    ...(entry.series !== null && { Series: entry.series }),
    ...(victimIdentified !== undefined && { VictimIdentified: String(victimIdentified) }),
    ...(offenderIdentified !== undefined && { OffenderIdentified: String(offenderIdentified) }),
    ...(distributed !== undefined && { IsDistributed: String(distributed) }),
    ...(others.length > 0 && { AlternativeHashes: others }),
  };
}

/** The same number in every export: the last 52 bits of the entry's id, which are random. */
function mediaIdOf({ id }: ExportedEntry): number {
  return Number.parseInt(id.slice(-13), 16);
}
