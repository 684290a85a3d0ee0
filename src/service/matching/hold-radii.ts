import { holdRadius } from '../../domain/hold-radius.js';
import type { List } from '../../domain/list.js';
import type { HashIndex } from '../../index/hash-index.js';

/** Lists grow by entries, so that a second changes little. */
const maxAgeMs = 1_000;

/** The distance up to which lists hold what is beyond their thresholds. */
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

/**
 * One budget of false holds for an upload, however many lists it is compared with: so the entries of all lists count together. Lists
 * that hide matches have no such radius, because a weak likeness to known-good content means nothing, and test content needs none.
 */
export function holdRadiiOf(lists: ReadonlyMap<string, List>, index: Pick<HashIndex, 'entriesOf'>): HoldRadii {
  const holding = [...lists.values()].filter(({ action }) => action !== 'suppress' && action !== 'test_match');
  const sizes = holding.map(({ id }) => index.entriesOf(id)).filter((size) => size !== undefined);
  const entries = sizes.reduce((sum, size) => sum + size, 0);
  const radius = entries === 0 ? 0 : holdRadius(entries);
  const wider = holding.filter(({ thresholds }) => radius > thresholds.pdq.wide);
  return { byList: new Map(wider.map(({ id }) => [id, radius])), widest: wider.length > 0 ? radius : 0 };
}
