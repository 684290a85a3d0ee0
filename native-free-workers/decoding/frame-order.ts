/**
 * Which frames of an animation are hashed when not all can be. Frames that are shown longest come first. Among equals, each next
 * one lies in the middle of the widest gap.
 *
 * @param delays of each frame in milliseconds; missing ones count as 0
 */
export function framesByImportance(frames: number, delays: readonly number[] = []): number[] {
  const spread = spreadEvenly(frames);
  return spread.sort((a, b) => (delays[b] ?? 0) - (delays[a] ?? 0));
}

/** 0, the last, the middle, the middles of both halves, and so on. */
function spreadEvenly(frames: number): number[] {
  const order = frames > 1 ? [0, frames - 1] : [0];
  const gaps: [number, number][] = [[0, frames - 1]];
  for (let gap = gaps.shift(); gap; gap = gaps.shift()) {
    const [from, to] = gap;
    if (to - from < 2) continue;
    const middle = (from + to) >> 1;
    order.push(middle);
    gaps.push([from, middle], [middle, to]);
  }
  return order;
}
