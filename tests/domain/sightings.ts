/** Sightings and lists to put before the policy: each names only what its test is about. */
import { type ContentClass, defaultThresholds, type List, type ListAction } from '../../src/domain/list.js';
import type { Sighting } from '../../src/domain/verdict.js';

const classOf: Readonly<Record<ListAction, ContentClass>> = {
  remove: 'ncii_adult',
  remove_and_report: 'csam_baseline',
  hold_for_review: 'cse_borderline',
  suppress: 'known_good',
  test_match: 'test',
};

/** One list an action, named after it. */
export function listOf(action: ListAction, changes: Partial<List> = {}): List {
  return { id: action, title: action, class: classOf[action], action, thresholds: defaultThresholds, enabled: true, ...changes };
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

export interface SightingChanges extends Partial<Omit<Sighting, 'entry'>> {
  /** The list's id: the name of its action, where `listOf` made it. */
  readonly list?: string;
  readonly id?: string;
  readonly verified?: boolean;
}

/** A verified entry of list `remove`, seen by PDQ at distance 10 with good quality on both sides. */
export function sighting({
  list = 'remove',
  id = `entry of ${list}`,
  verified = true,
  ...changes
}: SightingChanges = {}): Sighting {
  return {
    ordinal: 1,
    entry: { id, list, class: 'unclassified', verified },
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
export function byBlockhash(changes: SightingChanges = {}): Sighting {
  return sighting({ algorithm: 'blockhash', distance: 8, quality: null, queryQuality: null, ...changes });
}

/** The same entry, by an equal digest. */
export function byDigest(algorithm: 'md5' | 'sha1' | 'sha256', changes: SightingChanges = {}): Sighting {
  return sighting({ algorithm, distance: 0, quality: null, queryQuality: null, ...changes });
}
