import { uuidOfEntryId } from '../../domain/entry.js';
import type { Hit } from '../../domain/verdict.js';
import { hitsKeptPerKind, uncappedHits } from '../../index/heap-cap.js';

export interface Difference {
  readonly missed: readonly Hit[];
  readonly extra: readonly Hit[];
  /** Found with another distance, or with other facts of the entry. */
  readonly altered: readonly Hit[];
}

/** A heap need only have its nearest hits (docs/decisions/0015-heaps.md). */
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

/** The index may keep any of the hits at the last distance. */
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

export function entriesIn({ missed, extra, altered }: Difference): string[] {
  const uuids = [...missed, ...extra, ...altered].map(({ entry }) => uuidOfEntryId(entry.id));
  return [...new Set(uuids)].filter((uuid) => uuid !== undefined);
}

export function without({ missed, extra, altered }: Difference, uuids: ReadonlySet<string>): Difference {
  const others = (hits: readonly Hit[]) => hits.filter(({ entry }) => !uuids.has(uuidOfEntryId(entry.id) ?? ''));
  return { missed: others(missed), extra: others(extra), altered: others(altered) };
}

function isSame(a: Hit, b: Hit): boolean {
  const [one, other] = [a.entry, b.entry];
  const sameEntry =
    one.id === other.id && one.list === other.list && one.class === other.class && one.standing === other.standing;
  return sameEntry && a.distance === b.distance;
}
