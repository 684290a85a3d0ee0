import type { Orientation } from '../../domain/hash.js';
import type { Candidate, Hit } from '../../domain/verdict.js';
import type { Probe } from './query.js';

export function candidateOf(hit: Hit, { orientation, negative, quality, variant, view }: Omit<Probe, 'value'>): Candidate {
  // Spreading the hit took five times as long.
  return {
    ordinal: hit.ordinal,
    entry: hit.entry,
    algorithm: hit.algorithm,
    variant: hit.variant,
    quality: hit.quality,
    distance: hit.distance,
    orientation: turnedBack(orientation),
    negative,
    queryQuality: quality,
    queryVariant: variant,
    queryView: view,
  };
}

/** The query turned by `orientation` equals the entry, so the entry turned back equals the query. */
export function turnedBack(orientation: Orientation): Orientation {
  if (orientation === 'rotate90') return 'rotate270';
  return orientation === 'rotate270' ? 'rotate90' : orientation;
}
