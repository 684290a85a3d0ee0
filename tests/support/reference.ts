import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

/** The reference material is not committed. */
const root = process.env.VIGIE_REFERENCE ?? join(packageRoot(), '..', 'shared');
const present = existsSync(join(root, 'pdq', 'vectors.tsv'));
const reason = `the reference material is not at ${root}: set VIGIE_REFERENCE`;

if (!present && process.env.CI === 'true') throw new Error(reason);
if (!present) process.stderr.write(`skipping tests: ${reason}\n`);

export const describeWithReference = describe.skipIf(!present);

export function referenceFile(path: string): string {
  return join(root, path);
}

/** Files in a folder, as `referenceFile` takes them. */
export function referenceFiles(folder: string): string[] {
  return present
    ? readdirSync(referenceFile(folder))
        .sort()
        .map((name) => `${folder}/${name}`)
    : [];
}

export interface Vector {
  readonly file: string;
  readonly quality: number;
  /** In the order of `orientations`. */
  readonly hashes: readonly string[];
}

/** What the C++ reference prints. */
export function referenceVectors(): Vector[] {
  if (!present) return [];
  const lines = readFileSync(referenceFile('pdq/vectors.tsv'), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [file, quality, ...hashes] = line.split('\t');
    return { file: `pdq/${file}`, quality: Number(quality), hashes };
  });
}

/** The hashes of these are floating-point noise: only their quality is compared. */
export const degenerate = /\/(flat-white|flat-black|gradient-x|two-tone-half|checker)\.png$/;
