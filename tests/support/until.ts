import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks until `ask` gives something truthy, and gives that; fails after `withinMs`. For conditions no event tells of.
 *
 * The bound is what the test promises, so pass the real one.
 */
export async function until<Value>(
  what: string,
  withinMs: number,
  ask: () => Promise<Value> | Value,
): Promise<NonNullable<Value>> {
  const startedAt = performance.now();
  for (;;) {
    const value = await ask();
    const tookMs = Math.round(performance.now() - startedAt);
    if (value) return value;
    if (tookMs > withinMs) throw new Error(`${what}: not within ${withinMs} ms (asked for ${tookMs} ms)`);
    await pause(20);
  }
}
