/** Sightings and lists to put before the policy: each names only what its test is about. */
import type { ExactAlgorithm } from '../../src/domain/algorithms/registry.js';
import { type ContentClass, type List, type ListAction, newList } from '../../src/domain/list.js';
import { decide as decideFor } from '../../src/domain/policy.js';
import { type Standing, standingOf } from '../../src/domain/standing.js';
import type { Candidate, Decision, UnscannableReason } from '../../src/domain/verdict.js';

const classOf: Readonly<Record<ListAction, ContentClass>> = {
  remove: 'ncii_adult',
  remove_and_report: 'csam_baseline',
  hold_for_review: 'cse_borderline',
  suppress: 'known_good',
  test_match: 'test',
};

/** One list an action, named after it. */
export function listOf(action: ListAction, changes: Partial<List> = {}): List {
  return newList({ id: action, title: action, class: classOf[action], action, ...changes });
}

export const everyList: ReadonlyMap<string, List> = mapOf(
  listOf('remove'),
  listOf('remove_and_report'),
  listOf('hold_for_review'),
  listOf('suppress'),
  listOf('test_match'),
);

export function mapOf(...lists: readonly List[]): ReadonlyMap<string, List> {
  return new Map(lists.map((list) => [list.id, list]));
}

export interface SightingChanges extends Partial<Omit<Candidate, 'entry'>> {
  /** The list's id: the name of its action, where `listOf` made it. */
  readonly list?: string;
  readonly id?: string;
  readonly verified?: boolean;
  /** How the entry stands, where verified or draft says too little. */
  readonly standing?: Standing;
  /** The entry's own class. */
  readonly class?: ContentClass;
}

/** Confirmed by as many as any list asks for. */
const confirmed = standingOf('verified', 2, 2);

/** The decision for organisation `tests`. */
export function decide(
  candidates: readonly Candidate[],
  lists: ReadonlyMap<string, List>,
  unscannable: UnscannableReason | null,
): Decision {
  return decideFor(candidates, { lists, organisation: 'tests', unscannable });
}

/** A verified entry of list `remove`, seen by PDQ at distance 10 with good quality on both sides. */
export function candidate({
  list = 'remove',
  id = `entry of ${list}`,
  verified = true,
  standing = verified ? confirmed : standingOf('draft', 0, 0),
  class: contentClass = 'unclassified',
  ...changes
}: SightingChanges = {}): Candidate {
  return {
    ordinal: 1,
    entry: { id, list, class: contentClass, standing },
    algorithm: 'pdq',
    variant: 'full',
    quality: 100,
    distance: 10,
    orientation: 'identity',
    negative: false,
    queryQuality: 100,
    queryVariant: 'full',
    ...changes,
  };
}

/** The same entry, seen by blockhash: as the matcher makes it, without a quality. */
export function byBlockhash(changes: SightingChanges = {}): Candidate {
  return candidate({ algorithm: 'blockhash', distance: 8, quality: null, queryQuality: null, ...changes });
}

/** The same entry, found by an equal hash. */
export function byDigest(algorithm: ExactAlgorithm, changes: SightingChanges = {}): Candidate {
  return candidate({ algorithm, distance: 0, quality: null, queryQuality: null, ...changes });
}
