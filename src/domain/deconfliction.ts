/** What investigators of one case learn about others who have the same pictures. Never a hash. */
import type { Band, ContentClass } from './list.js';

export interface Inquiry {
  readonly purpose: string;
  /** Of the case, as the asking organisation names it. */
  readonly reference: string;
}

export interface CaseClaim {
  /** Null: built in. */
  readonly organisation: string | null;
  readonly reference: string | null;
}

export interface KnownPicture {
  readonly entry: string;
  readonly list: string;
  readonly class: ContentClass;
  readonly band: Band;
  readonly series: string | null;
  /** Null: no source says. */
  readonly victimIdentified: boolean | null;
  readonly offenderIdentified: boolean | null;
  readonly submissions: number;
  readonly organisations: readonly Contact[];
}

export interface Contact {
  readonly id: string;
  readonly name: string;
  readonly contact: string | null;
}

/** The claims of others, and those of other cases of the asking organisation. */
export function otherCases(claims: readonly CaseClaim[], organisation: string, { reference }: Inquiry): CaseClaim[] {
  return claims.filter((claim) => claim.organisation !== organisation || claim.reference !== reference);
}

/** One entry that one item of a seizure touches. */
export interface Touch {
  readonly item: number;
  readonly entry: string;
  readonly list: string;
  readonly series: string | null;
  /** Empty: the caller may not know them. */
  readonly cases: readonly CaseClaim[];
}

export interface TouchedCase {
  readonly organisation: string | null;
  readonly reference: string;
  readonly items: number;
}

export interface TouchedList {
  readonly list: string;
  readonly items: number;
  readonly entries: number;
  readonly series: readonly { readonly series: string; readonly items: number }[];
  readonly cases: readonly TouchedCase[];
}

/** Those that share more items come first. */
export function touchedLists(touches: readonly Touch[]): TouchedList[] {
  const lists = groups(touches, ({ list }) => list);
  return bySize(
    [...lists].map(([list, ofList]) => ({
      list,
      items: itemsOf(ofList),
      entries: new Set(ofList.map(({ entry }) => entry)).size,
      series: bySize(
        [...groups(ofList, ({ series }) => series ?? '')].flatMap(([series, some]) =>
          series === '' ? [] : [{ series, items: itemsOf(some) }],
        ),
      ),
      cases: casesOf(ofList),
    })),
  );
}

function casesOf(touches: readonly Touch[]): TouchedCase[] {
  const items = new Map<string, { organisation: string | null; reference: string; items: Set<number> }>();
  for (const { item, cases } of touches) {
    for (const { organisation, reference } of cases) {
      if (reference === null) continue;
      const key = JSON.stringify([organisation, reference]);
      const one = items.get(key) ?? { organisation, reference, items: new Set() };
      items.set(key, one);
      one.items.add(item);
    }
  }
  return bySize([...items.values()].map((one) => ({ ...one, items: one.items.size })));
}

function groups<Item>(all: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of all) {
    const key = keyOf(item);
    const group = found.get(key);
    if (group) group.push(item);
    else found.set(key, [item]);
  }
  return found;
}

function itemsOf(touches: readonly Touch[]): number {
  return new Set(touches.map(({ item }) => item)).size;
}

function bySize<Counted extends { readonly items: number }>(all: readonly Counted[]): Counted[] {
  return all.toSorted((a, b) => b.items - a.items);
}
