import { readFileSync } from 'node:fs';

/** `tests/fixtures/formats/README.md` says how each file was made. */
export function formatFixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/formats/${name}`, import.meta.url));
}
