import { type Random, randomFrom } from '../random.js';
import type { Edit } from './edits/edit.js';
import { selectMainVariants, selectRegions } from './greedy-selection.js';
import { defaultRung, ofOneHash, rungs, upTo } from './ladder.js';
import type { Original } from './originals.js';
import { open, saved } from './picture.js';
import { decisionOn, type Found, numberOf, type Pipeline } from './pipeline.js';
import type { Robustness } from './results.js';

const concurrentCopies = 4;

interface Copy {
  readonly edit: Edit;
  readonly original: number;
  readonly found: Found;
}

export type Measured = Pick<
  Robustness,
  'rungs' | 'defaultRung' | 'removed' | 'held' | 'oneHash' | 'edits' | 'selection' | 'confused'
>;

export async function measureRecall(
  pipeline: Pipeline,
  originals: readonly Original[],
  edits: readonly Edit[],
  advance: () => void,
) {
  for (const [number, { picture }] of originals.entries()) {
    if (!(await pipeline.enrol(number, await saved(open(picture))))) throw new Error(`${picture.name} was not enrolled`);
  }
  const wanted = originals.flatMap((original, number) => edits.map((edit) => ({ original, number, edit })));
  const copies: Copy[] = [];
  const work = async () => {
    for (let next = wanted.shift(); next; next = wanted.shift()) {
      const { original, number, edit } = next;
      const bytes = await edit.apply(original.picture, seeded(original.picture.name, edit.name));
      copies.push({ edit, original: number, found: await pipeline.query(bytes) });
      advance();
    }
  };
  await Promise.all(Array.from({ length: concurrentCopies }, work));
  return summary(pipeline, originals, edits, copies);
}

/** Leaving out an original or an edit does not change the random numbers of the others. */
function seeded(...names: readonly string[]): Random {
  let seed = 0x811c9dc5;
  for (const character of names.join('/')) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return randomFrom(seed);
}

function summary(pipeline: Pipeline, originals: readonly Original[], edits: readonly Edit[], copies: readonly Copy[]): Measured {
  const right = new Map(copies.map((copy) => [copy, copy.found.candidates.filter((one) => numberOf(one) === copy.original)]));
  const seen = (copy: Copy) => right.get(copy) ?? [];
  const recognised = rungs.map((_, rung) => new Set(copies.filter((copy) => isFound(upTo(rung, seen(copy))))));
  const byOneHash = new Set(copies.filter((copy) => isFound(ofOneHash(seen(copy)))));
  const verdicts = copies.map((copy) => decisionOn(upTo(defaultRung, seen(copy))).verdict);
  const ofEdit = ({ name }: Edit) => copies.filter(({ edit }) => edit.name === name);
  const kinds = [...new Set(edits.map(({ kind }) => kind))];
  const stored = [...pipeline.stored.values()];
  return {
    rungs: rungs.map(({ name }, rung) => {
      const isStored = (variant: string) => rungs.slice(0, rung + 1).some(({ stores }) => stores(variant));
      const count = (isRegion: boolean) =>
        mean(
          stored.map(
            (names) =>
              names.filter((one) => isStored(one) && one.startsWith('region_') === isRegion && one !== 'blockhash').length,
          ),
        );
      const asked = copies.map(
        ({ found }) => found.searches.filter((one) => rungs.slice(0, rung + 1).some(({ asks }) => asks(one))).length,
      );
      return {
        name,
        recall: shareOf(copies, recognised[rung]),
        worstKind: Math.min(
          ...kinds.map((kind) =>
            shareOf(
              copies.filter(({ edit }) => edit.kind === kind),
              recognised[rung],
            ),
          ),
        ),
        hashes: count(false),
        regions: count(true),
        searches: mean(asked),
      };
    }),
    defaultRung,
    removed: verdicts.filter((verdict) => verdict === 'remove').length / copies.length,
    held: verdicts.filter((verdict) => verdict === 'hold_for_review').length / copies.length,
    oneHash: shareOf(copies, byOneHash),
    edits: edits.map((edit) => ({
      kind: edit.kind,
      name: edit.name,
      recall: recognised.map((found) => shareOf(ofEdit(edit), found)),
      oneHash: shareOf(ofEdit(edit), byOneHash),
    })),
    selection: {
      main: selectMainVariants(copies.map(seen)),
      regions: selectRegions(copies.map((copy) => upTo(defaultRung, seen(copy)))),
    },
    confused: copies.filter((copy) => isConfused(copy, originals)).length,
  };
}

function isFound(candidates: Found['candidates']): boolean {
  return decisionOn(candidates).matches.length > 0;
}

function isConfused({ found, original }: Copy, originals: readonly Original[]): boolean {
  const origin = originals[original]?.origin;
  const nameOf = (one: Found['candidates'][number]) => originals[numberOf(one)]?.picture.name;
  const others = found.candidates.filter((one) => originals[numberOf(one)]?.origin !== origin);
  if (decisionOn(others).matches.length === 0) return false;
  const by = others.map((one) => `${one.algorithm} ${one.queryVariant} ${one.variant} ${one.distance} of ${nameOf(one)}`);
  console.error(`a copy of ${originals[original]?.picture.name} matches another original: ${by.join(', ')}`);
  return true;
}

function shareOf(copies: readonly Copy[], found: ReadonlySet<Copy> | undefined): number {
  return copies.filter((copy) => found?.has(copy)).length / Math.max(1, copies.length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
