import type { Algorithm } from '../domain/algorithms/registry.js';
import { fullVariant } from '../domain/hash.js';
import type { ExportedEntry, FoundHash } from './format.js';

/** The hashes of the whole image, one of each algorithm: other formats know no variants. */
export function wholeHashes({ hashes }: ExportedEntry, algorithms: readonly Algorithm[]): FoundHash[] {
  return algorithms.flatMap((algorithm) => hashes.find((hash) => hash.algorithm === algorithm && isWhole(hash)) ?? []);
}

export function isWhole({ variant }: FoundHash): boolean {
  return variant === undefined || variant === fullVariant;
}

export function codeIn({ sourceCodes }: ExportedEntry, scheme: string): string | undefined {
  return sourceCodes.find((code) => code.scheme === scheme)?.code;
}

/** The entries that a format without withdrawals can show. */
export async function* standing(entries: AsyncIterable<ExportedEntry>): AsyncGenerator<ExportedEntry> {
  for await (const entry of entries) if (!entry.withdrawn) yield entry;
}
