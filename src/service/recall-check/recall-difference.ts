import { uuidOfEntryId } from '../../domain/entry.js';
import type { Hit } from '../../domain/verdict.js';
import { hitsKeptPerKind, uncappedHits } from '../../index/heap-cap.js';

/** How an answer of the index differs from the exact one. All empty: it does not. */
export interface Difference {
  /** What the index should have found. */
  readonly missed: readonly Hit[];
  /** What it should not have found. */
  readonly extra: readonly Hit[];
  /** What it found with another distance, or other facts of its entry. */
  readonly altered: readonly Hit[];
}

/** Of more than `fewHits` the index need only find the nearest of every kind. */
export function differenceOf(exact: readonly Hit[], found: readonly Hit[]): Difference {
  const expected = new Map(exact.map((hit) => [hit.ordinal, hit]));
  const actual = new Map(found.map((hit) => [hit.ordinal, hit]));
  const wanted = exact.length > uncappedHits ? nearestOf(exact) : exact;
  return {
    missed: wanted.filter(({ ordinal }) => !actual.has(ordinal)),
    extra: found.filter(({ ordinal }) => !expected.has(ordinal)),
    altered: exact.filter((hit) => {
      const other = actual.get(hit.ordinal);
      return other !== undefined && !isSame(hit, other);
    }),
  };
}

/** The hits that are nearer than the last one that must be named of their kind. */
function nearestOf(hits: readonly Hit[]): Hit[] {
  const kinds = new Map<string, Hit[]>();
  for (const hit of hits) {
    const { list, class: contentClass, standing } = hit.entry;
    const kind = `${list} ${contentClass} ${standing} ${hit.variant}`;
    const ofKind = kinds.get(kind);
    if (ofKind) ofKind.push(hit);
    else kinds.set(kind, [hit]);
  }
  return [...kinds.values()].flatMap((ofKind) => {
    const last = ofKind.map(({ distance }) => distance).sort((a, b) => a - b)[hitsKeptPerKind - 1];
    return last === undefined ? ofKind : ofKind.filter(({ distance }) => distance < last);
  });
}

export function isEmpty({ missed, extra, altered }: Difference): boolean {
  return missed.length + extra.length + altered.length === 0;
}

/** The UUIDs of the entries that differ. */
export function entriesIn({ missed, extra, altered }: Difference): string[] {
  const uuids = [...missed, ...extra, ...altered].map(({ entry }) => uuidOfEntryId(entry.id));
  return [...new Set(uuids)].filter((uuid) => uuid !== undefined);
}

/** What is left of a difference without these entries (UUIDs). */
export function without({ missed, extra, altered }: Difference, uuids: ReadonlySet<string>): Difference {
  const standing = (hits: readonly Hit[]) => hits.filter(({ entry }) => !uuids.has(uuidOfEntryId(entry.id) ?? ''));
  return { missed: standing(missed), extra: standing(extra), altered: standing(altered) };
}

function isSame(a: Hit, b: Hit): boolean {
  const [one, other] = [a.entry, b.entry];
  const sameEntry =
    one.id === other.id && one.list === other.list && one.class === other.class && one.standing === other.standing;
  return sameEntry && a.distance === b.distance;
}
