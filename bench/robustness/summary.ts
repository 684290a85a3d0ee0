/** From what the queries found to the figures of the ladder. */
import type { Edit } from './edits/edit.js';
import { selectMainVariants, selectRegions } from './greedy-selection.js';
import { defaultRung, inLargeList, ofOneHash, rungs, upTo } from './ladder.js';
import type { Original } from './originals.js';
import { decisionOn, type Found, numberOf } from './pipeline.js';
import type { Robustness } from './results.js';

export interface Copy {
  readonly edit: Edit;
  readonly original: number;
  readonly found: Found;
}

export type Measured = Pick<Robustness, 'rungs' | 'defaultRung' | 'removed' | 'held' | 'edits' | 'selection' | 'confused'>;

/** `stored`: the variants of each entry. */
export function summarise(
  stored: readonly (readonly string[])[],
  originals: readonly Original[],
  edits: readonly Edit[],
  copies: readonly Copy[],
): Measured {
  const right = copies.map(({ found, original }) => found.candidates.filter((one) => numberOf(one) === original));
  const steps = rungs.map((_, rung) => stepOf(rung, copies, right));
  const last = steps[defaultRung];
  if (!last) throw new Error('the ladder has no default rung');
  return {
    rungs: rungs.map(({ name }, rung) => ({ name, ...figuresOf(steps[rung] ?? last, copies), ...sizesOf(rung, stored, copies) })),
    defaultRung,
    removed: shareOf(copies, last.removed),
    held: shareOf(copies, last.recognised) - shareOf(copies, last.removed),
    edits: edits.map((edit) => {
      const ofEdit = copies.filter((copy) => copy.edit === edit);
      return {
        kind: edit.kind,
        name: edit.name,
        recall: steps.map(({ recognised }) => shareOf(ofEdit, recognised)),
        removed: shareOf(ofEdit, last.removed),
        oneHash: shareOf(ofEdit, last.byOneHash),
      };
    }),
    selection: {
      main: selectMainVariants(right),
      regions: selectRegions(right.map((candidates) => upTo(defaultRung, candidates))),
    },
    confused: copies.filter((copy) => isConfused(copy, originals)).length,
  };
}

type Copies = ReadonlySet<Copy>;

interface Step {
  readonly recognised: Copies;
  readonly removed: Copies;
  readonly byOneHash: Copies;
  readonly inLargeList: Copies;
}

function stepOf(rung: number, copies: readonly Copy[], right: readonly Found['candidates'][]): Step {
  const step = {
    recognised: new Set<Copy>(),
    removed: new Set<Copy>(),
    byOneHash: new Set<Copy>(),
    inLargeList: new Set<Copy>(),
  };
  for (const [at, copy] of copies.entries()) {
    const candidates = upTo(rung, right[at] ?? []);
    const { matches, verdict } = decisionOn(candidates);
    if (matches.length > 0) step.recognised.add(copy);
    if (verdict === 'remove') step.removed.add(copy);
    const alone = ofOneHash(candidates);
    if (isFound(alone)) step.byOneHash.add(copy);
    if (isFound(inLargeList(alone))) step.inLargeList.add(copy);
  }
  return step;
}

function figuresOf({ recognised, removed, byOneHash, inLargeList }: Step, copies: readonly Copy[]) {
  const kinds = [...new Set(copies.map(({ edit }) => edit.kind))];
  const ofKind = (kind: string) => copies.filter(({ edit }) => edit.kind === kind);
  return {
    recall: shareOf(copies, recognised),
    worstKind: Math.min(...kinds.map((kind) => shareOf(ofKind(kind), recognised))),
    removed: shareOf(copies, removed),
    oneHash: shareOf(copies, byOneHash),
    oneHashInLargeList: shareOf(copies, inLargeList),
  };
}

function sizesOf(rung: number, stored: readonly (readonly string[])[], copies: readonly Copy[]) {
  const taken = rungs.slice(0, rung + 1);
  const kept = stored.map((names) => names.filter((one) => one !== 'blockhash' && taken.some(({ stores }) => stores(one))));
  const count = (isRegion: boolean) =>
    mean(kept.map((names) => names.filter((one) => one.startsWith('region_') === isRegion).length));
  return {
    hashes: count(false),
    regions: count(true),
    searches: mean(copies.map(({ found }) => found.searches.filter((one) => taken.some(({ asks }) => asks(one))).length)),
  };
}

function isFound(candidates: Found['candidates']): boolean {
  return decisionOn(candidates).matches.length > 0;
}

function isConfused({ found, original }: Copy, originals: readonly Original[]): boolean {
  const origin = originals[original]?.origin;
  const nameOf = (one: Found['candidates'][number]) => originals[numberOf(one)]?.picture.name;
  const others = found.candidates.filter((one) => originals[numberOf(one)]?.origin !== origin);
  const { matches, verdict } = decisionOn(others);
  if (matches.length === 0) return false;
  const by = others.map((one) => `${one.algorithm} ${one.queryVariant} ${one.variant} ${one.distance} of ${nameOf(one)}`);
  console.error(`a copy of ${originals[original]?.picture.name} matches another original (${verdict}): ${by.join(', ')}`);
  return true;
}

function shareOf(copies: readonly Copy[], found: Copies): number {
  return copies.filter((copy) => found.has(copy)).length / Math.max(1, copies.length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
