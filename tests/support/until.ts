import { setTimeout as pause } from 'node:timers/promises';

/** Polls `ask` until it returns something truthy. @throws after `withinMs`. */
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
