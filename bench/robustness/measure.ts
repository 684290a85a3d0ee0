import { type Random, randomFrom } from '../random.js';
import type { Edit } from './edits/edit.js';
import type { Original } from './originals.js';
import { open, saved } from './picture.js';
import type { Pipeline } from './pipeline.js';
import { type Copy, type Measured, summarise } from './summary.js';

const concurrentCopies = 4;

export async function measureRecall(
  pipeline: Pipeline,
  originals: readonly Original[],
  edits: readonly Edit[],
  advance: () => void,
): Promise<Measured> {
  for (const [number, { picture }] of originals.entries()) {
    if (!(await pipeline.enrol(number, await saved(open(picture))))) throw new Error(`${picture.name} was not enrolled`);
  }
  const wanted = originals.flatMap((original, number) => edits.map((edit) => ({ original, number, edit })));
  const copies: Copy[] = [];
  const work = async () => {
    for (let next = wanted.shift(); next; next = wanted.shift()) {
      const { original, number, edit } = next;
      copies.push({ edit, original: number, found: await pipeline.query(await copyOf(original, edit)) });
      advance();
    }
  };
  await Promise.all(Array.from({ length: concurrentCopies }, work));
  return summarise([...pipeline.stored.values()], originals, edits, copies);
}

/** Leaving out an original or an edit does not change the random numbers of the others. */
export function copyOf({ picture }: Original, edit: Edit): Promise<Buffer> {
  return edit.apply(picture, seeded(picture.name, edit.name));
}

function seeded(...names: readonly string[]): Random {
  let seed = 0x811c9dc5;
  for (const character of names.join('/')) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return randomFrom(seed);
}
