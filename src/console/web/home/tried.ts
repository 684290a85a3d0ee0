/** One match that somebody tried. */
import { type Answer, call } from '../api/call.ts';

export interface Tried {
  readonly verdict: Answer<'POST /v1/match'>;
  /** The JSON that was sent. Absent: an image was sent. */
  readonly hashes: string | undefined;
  readonly ms: number;
}

/** @throws Refusal, Unreachable, or SyntaxError for text that is not JSON. */
export async function tryMatch(given: File | string): Promise<Tried> {
  const body =
    typeof given === 'string'
      ? { hashes: JSON.parse(given) }
      : new Blob([given], { type: given.type || 'application/octet-stream' });
  const startedAt = performance.now();
  const verdict = await call('POST /v1/match', { body });
  return { verdict, hashes: typeof given === 'string' ? given : undefined, ms: Math.round(performance.now() - startedAt) };
}
