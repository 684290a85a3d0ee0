/** Holds the habits that issue after issue removed from the prose out of it. The rules: CONTRIBUTING.md, "Plain English". */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const paths = execFileSync('git', ['ls-files', 'src', 'native-free-workers', 'bench', 'migrations', 'docs', '*.md'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((path) => /\.(ts|mjs|sql|md)$/.test(path));

/** In identifiers and prose alike. */
const habits: readonly [name: string, pattern: RegExp][] = [
  ['"bear out" for "corroborate" or "confirm"', /\b(bears?|bore|borne|bearing)\s+\w*\s?out\b/i],
  ['"anew" for "again"', /\banew\b/i],
  ['"of before" for "earlier"', /\bof before\b/i],
  ['"hang on" for "depend on"', /\bhangs? on\b/i],
  ['a comma before "too"', /, too\b/],
  ['"to who" or "Who ... may" as a subject', /\b[Tt]o who\b|^\s*(\/\/|\*|--)?\s*Who (may|is|does|asks|has)\b/],
  ['a generic "he"', /\b(he|him|his)\b/i],
];

/** Lists and keys have had these field names since their first version. */
const wireNames = new Set(['withdrawalsAnHour', 'floodAnHour']);

/** Camel case that says "a X" for "per X", or "most" and "least" for maximum and minimum. */
function oddIdentifiers(text: string): string[] {
  const found = text.match(/\b[a-z]+s(An?)[A-Z][a-z]+\b|\b(most|least)[A-Z]\w*/g) ?? [];
  return found.filter((name) => !wireNames.has(name));
}

describe('the prose of the repository', () => {
  it.each(habits)('has no %s', (_name, pattern) => {
    const found = paths.flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });

  it('has no identifier that says "a" for "per", or "most" and "least" for maximum and minimum', () => {
    const found = paths.flatMap((path) => oddIdentifiers(readFileSync(path, 'utf8')).map((name) => `${path}: ${name}`));
    expect(found).toEqual([]);
  });
});
