/** Candidates and lists for tests of the policy. */
import type { ExactAlgorithm } from '../../src/domain/algorithms/registry.js';
import { type ContentClass, type List, type ListAction, newList } from '../../src/domain/list.js';
import { decide as decideFor, type FullDecision } from '../../src/domain/policy.js';
import { type Standing, standingOf } from '../../src/domain/standing.js';
import type { Candidate, UnscannableReason } from '../../src/domain/verdict.js';

const classOf: Readonly<Record<ListAction, ContentClass>> = {
  remove: 'ncii_adult',
  remove_and_report: 'csam_baseline',
  hold_for_review: 'cse_borderline',
  suppress: 'known_good',
  test_match: 'test',
};

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

export interface CandidateChanges extends Partial<Omit<Candidate, 'entry'>> {
  readonly list?: string;
  readonly id?: string;
  readonly verified?: boolean;
  readonly standing?: Standing;
  readonly class?: ContentClass;
}

const confirmed = standingOf('verified', 2, 2);

export function decide(
  candidates: readonly Candidate[],
  lists: ReadonlyMap<string, List>,
  unscannable: UnscannableReason | null,
): FullDecision {
  return decideFor(candidates, { lists, organisation: 'tests', unscannable });
}

/** A verified entry of list `remove`, found by PDQ at distance 10 with good quality. */
export function candidate({
  list = 'remove',
  id = `entry of ${list}`,
  verified = true,
  standing = verified ? confirmed : standingOf('draft', 0, 0),
  class: contentClass = 'unclassified',
  ...changes
}: CandidateChanges = {}): Candidate {
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

export function byBlockhash(changes: CandidateChanges = {}): Candidate {
  return candidate({ algorithm: 'blockhash', distance: 8, quality: null, queryQuality: null, ...changes });
}

export function byDigest(algorithm: ExactAlgorithm, changes: CandidateChanges = {}): Candidate {
  return candidate({ algorithm, distance: 0, quality: null, queryQuality: null, ...changes });
}
