/** What an export leaves out, for its receipt. */
import { classOfCodes } from '../domain/source-schemes.js';
import { isWhole } from './exported.js';
import type { CarriedField, Carries, ExportedEntry } from './format.js';

/**
 * The names of an entry's fields and hashes that the format cannot hold, such as `series` or `hash of pdq`.
 *
 * @param scheme as in `WriteOptions`
 */
export function lossesOf(entry: ExportedEntry, given: Carries, scheme = given.defaultScheme): string[] {
  const carries = scheme === undefined ? given : { ...given, schemes: [scheme] };
  if (entry.withdrawn) return carries.fields.includes('withdrawals') ? [] : ['withdrawals'];
  const hashes = entry.hashes.filter(({ algorithm }) => !carries.algorithms.includes(algorithm));
  const fields = Object.entries(held(entry, carries)).filter(
    ([field, isHeld]) => isHeld && !carries.fields.includes(field as CarriedField),
  );
  return [
    ...new Set(hashes.map(({ algorithm }) => `hash of ${algorithm}`)),
    ...fields.map(([field]) => field),
    ...(carries.fields.includes('sourceCodes') && keptCodes(entry, carries).length < entry.sourceCodes.length
      ? ['sourceCodes']
      : []),
  ];
}

function keptCodes({ sourceCodes }: ExportedEntry, { fields, schemes }: Carries): readonly { scheme: string; code: string }[] {
  if (!fields.includes('sourceCodes')) return [];
  return schemes === undefined ? sourceCodes : sourceCodes.filter(({ scheme }) => schemes.includes(scheme));
}

/** Which fields of the entry say anything. */
function held(entry: ExportedEntry, carries: Carries): Record<Exclude<CarriedField, 'withdrawals'>, boolean> {
  const { facts } = entry;
  return {
    sourceId: entry.sourceId !== null,
    // A format without classes still tells the class if a code that it keeps stands for it.
    class: classOfCodes(keptCodes(entry, carries)) !== entry.class,
    sourceCodes: entry.sourceCodes.length > 0,
    series: entry.series !== null,
    synthetic: entry.synthetic,
    provenance: Object.values(entry.provenance).some((value) => value !== undefined),
    expiresAt: entry.expiresAt !== null,
    quality: entry.hashes.some(({ quality }) => quality !== null),
    variants: entry.hashes.some((hash) => !isWhole(hash)),
    victimIdentified: facts.victimIdentified !== undefined,
    offenderIdentified: facts.offenderIdentified !== undefined,
    distributed: facts.distributed !== undefined,
    submissions: facts.submissions !== undefined,
  };
}

/** How many hashes of the entry a file of the format has. */
export function hashesWritten({ hashes }: ExportedEntry, { algorithms, fields }: Carries): number {
  const carried = hashes.filter(({ algorithm }) => algorithms.includes(algorithm));
  if (fields.includes('variants')) return carried.length;
  return new Set(carried.filter(isWhole).map(({ algorithm }) => algorithm)).size;
}
