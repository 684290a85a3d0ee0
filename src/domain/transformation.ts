/** How a query was made of the entry's picture, in numbers, so that an analyst understands a match. */
import { isExact } from './algorithms/registry.js';
import { isEdgeCrop, isRegion } from './hash.js';
import { placementOf } from './placement.js';
import type { Candidate, Edges, Transformation } from './verdict.js';
import { type View, viewOf } from './view.js';

/** Null for equal hashes. `proven`: what several variants agree on. */
export function transformationOf(
  candidate: Candidate,
  proven: { readonly placement: View; readonly agreeing: number } | undefined,
): Transformation | null {
  if (isExact(candidate.algorithm)) return null;
  const placement = proven?.placement ?? placementOf(candidate);
  const agreeing = rounded(proven?.agreeing ?? comparedShare(candidate));
  if (!placement) return { tilt: 0, crop: null, frame: null, agreeing };
  const { left, top, right, bottom, tilt } = placement;
  const [across, down] = [right - left, bottom - top];
  return {
    tilt: rounded(tilt),
    crop: edges(left, top, 1 - right, 1 - bottom),
    frame: edges(-left / across, -top / down, (right - 1) / across, (bottom - 1) / down),
    agreeing,
  };
}

function edges(left: number, top: number, right: number, bottom: number): Edges {
  const share = (value: number) => rounded(Math.max(0, value));
  return { left: share(left), top: share(top), right: share(right), bottom: share(bottom) };
}

/** Four digits. Without the sum, minus zero would show. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000 + 0;
}

function comparedShare({ variant, queryVariant, queryView }: Candidate): number {
  if (!isRegion(queryVariant) && !isEdgeCrop(queryVariant)) return 1;
  const view = queryView ?? viewOf(variant);
  return view ? (view.right - view.left) * (view.bottom - view.top) : 0;
}
