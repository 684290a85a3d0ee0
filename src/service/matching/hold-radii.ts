import { holdRadius } from '../../domain/hold-radius.js';
import type { List } from '../../domain/list.js';
import type { HashIndex } from '../../index/hash-index.js';

/** Bits. One more would look into four times as many buckets of the index: three flips per band. */
const widestSearched = 46;
/** Lists grow by entries, so that a second changes little. */
const maxAgeMs = 1_000;

/** The distance up to which each list holds what is beyond its thresholds. */
export interface HoldRadii {
  readonly byList: ReadonlyMap<string, number>;
  readonly widest: number;
}

export const noHoldRadii: HoldRadii = { byList: new Map(), widest: 0 };

/** Depends on how many entries the lists of a caller have. */
export class HoldRadiusCache {
  private readonly known = new WeakMap<ReadonlyMap<string, List>, { readonly at: number; readonly radii: HoldRadii }>();

  constructor(private readonly index: Pick<HashIndex, 'entriesOf'>) {}

  of(lists: ReadonlyMap<string, List>): HoldRadii {
    const now = performance.now();
    const known = this.known.get(lists);
    if (known && now - known.at < maxAgeMs) return known.radii;
    const radii = holdRadiiOf(lists, this.index);
    this.known.set(lists, { at: now, radii });
    return radii;
  }
}

/** Lists that hide matches have none: a weak likeness to known-good content means nothing. */
export function holdRadiiOf(lists: ReadonlyMap<string, List>, index: Pick<HashIndex, 'entriesOf'>): HoldRadii {
  const byList = new Map<string, number>();
  for (const { id, action, thresholds } of lists.values()) {
    const entries = action === 'suppress' ? undefined : index.entriesOf(id);
    const radius = entries === undefined ? 0 : Math.min(widestSearched, holdRadius(entries));
    if (radius > thresholds.pdq.wide) byList.set(id, radius);
  }
  return { byList, widest: Math.max(0, ...byList.values()) };
}
