/** How two pictures lie on each other when a variant of one is near a variant of the other. */
import { isEdgeCrop } from './hash.js';
import type { Candidate } from './verdict.js';
import { type View, viewOf, wholeView } from './view.js';

/**
 * Where the edges of the query lie in the picture of the entry, in its shares: 0, 0, 1, 1 if the query is the whole picture. Undefined
 * if a variant does not say what it shows.
 */
export function placementOf({ variant, queryVariant, queryView }: Candidate): View | undefined {
  const stored = viewOf(variant);
  const asked = queryView ?? viewOf(queryVariant);
  if (!stored || !asked) return undefined;
  const across = (stored.right - stored.left) / (asked.right - asked.left);
  const down = (stored.bottom - stored.top) / (asked.bottom - asked.top);
  const left = stored.left - asked.left * across;
  const top = stored.top - asked.top * down;
  return { left, top, right: left + across, bottom: top + down, tilt: stored.tilt + asked.tilt };
}

/** Shares of the side. PDQ tolerates two percent, and variants are up to five apart. */
const sameEdge = 0.035;
const sameTilt = 1.2;

/** True if a candidate would look like this at that placement. */
export function liesAt(placement: View, candidate: Candidate): boolean {
  const { variant, queryVariant } = candidate;
  if (isEdgeCrop(variant) && variant === queryVariant) return keepsSide(placement, variant.slice('keep_'.length));
  const own = placementOf(candidate);
  return own !== undefined && Math.abs(own.tilt - placement.tilt) <= sameTilt && areEdgesNear(own, placement);
}

const opposite: Readonly<Record<string, keyof View>> = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' };

/** Only the side opposite to the kept one was cut. */
function keepsSide(placement: View, side: string): boolean {
  const cut = opposite[side];
  const edges = (['left', 'top', 'right', 'bottom'] as const).filter((edge) => edge !== cut);
  return placement.tilt === 0 && edges.every((edge) => Math.abs(placement[edge] - wholeView[edge]) <= sameEdge);
}

function areEdgesNear(one: View, other: View): boolean {
  return (['left', 'top', 'right', 'bottom'] as const).every((edge) => Math.abs(one[edge] - other[edge]) <= sameEdge);
}

export function isWholePlacement(placement: View): boolean {
  return areEdgesNear(placement, wholeView) && Math.abs(placement.tilt) < 0.5;
}
