import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

const lines = readFileSync(join(packageRoot(), 'README.md'), 'utf8').trimEnd().split('\n');

it('README has at most 150 lines', () => {
  expect(lines.length).toBeLessThanOrEqual(150);
});

it('README has no line of more than 100 columns, tables and links included', () => {
  expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
});
