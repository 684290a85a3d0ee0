import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

/** Photographs of the PDQ reference, which are not committed: `../shared` beside the checkout, or the folder in VIGIE_REFERENCE. */
const root = process.env.VIGIE_REFERENCE ?? join(packageRoot(), '..', 'shared');
const present = existsSync(join(root, 'pdq', 'vectors.tsv'));
const reason = `the reference material is not at ${root}: set VIGIE_REFERENCE`;
/** Vectors and drawn pictures, which every clone has. */
const committed = join(packageRoot(), 'tests', 'fixtures', 'pdq');

if (!present && process.env.CI === 'true') throw new Error(reason);
if (!present) process.stderr.write(`skipping tests: ${reason}\n`);

/** `describe`, skipped where the photographs are absent; in CI their absence is an error. */
export const describeWithReference = describe.skipIf(!present);

/** Path of a reference file, for example `referenceFile('pdq/images/misc-images/c.png')`. */
export function referenceFile(path: string): string {
  const drawn = join(committed, basename(path));
  return path.startsWith('pdq/lossless/') && existsSync(drawn) ? drawn : join(root, path);
}

/** The files of a reference folder, as `referenceFile` takes them; empty where the photographs are absent. */
export function referenceFiles(folder: string): string[] {
  return present
    ? readdirSync(join(root, folder))
        .sort()
        .map((name) => `${folder}/${name}`)
    : [];
}

export interface Vector {
  /** As `referenceFile` takes it. */
  readonly file: string;
  readonly quality: number;
  /** In the order of `orientations`. */
  readonly hashes: readonly string[];
}

/** What the C++ reference prints, for the files that are present. */
export function referenceVectors(): Vector[] {
  const lines = readFileSync(join(committed, 'vectors.tsv'), 'utf8').trim().split('\n').slice(1);
  const vectors = lines.map((line) => {
    const [file, quality, ...hashes] = line.split('\t');
    return { file: `pdq/${file}`, quality: Number(quality), hashes };
  });
  return vectors.filter(({ file }) => existsSync(referenceFile(file)));
}

/** Drawn pictures whose hashes are rounding noise: only their quality is compared. */
export const degenerate = /\/(flat-white|flat-black|gradient-x|two-tone-half|checker)\.png$/;
