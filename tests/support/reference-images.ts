/** Where the photographs of the reference material are; to be replaced by tests/support/reference.ts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

function find(): string | undefined {
  const folder = join(process.env.VIGIE_REFERENCE ?? join(packageRoot(), '..', 'shared'), 'pdq', 'images');
  if (existsSync(folder)) return folder;
  if (process.env.CI === 'true') throw new Error(`${folder} is missing: in CI no test on reference photographs is skipped`);
  process.stderr.write(`skipped: ${folder} is missing, so no test on reference photographs runs\n`);
  return undefined;
}

/** The folder `pdq/images`; undefined where the reference material is absent. */
export const referenceImages = find();
