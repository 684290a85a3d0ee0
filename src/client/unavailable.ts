import type { ErrorFacts } from './errors.js';

/**
 * Why there is no verdict.
 *
 * `server`: the service cannot answer now. `quota`: the quota of the key is used up. `network`: the connection failed. `timeout`: no answer
 * in time. `aborted`: the caller's signal. `bad_answer`: the answer is not one of Vigie's; is `url` right? `stream_consumed`: another try
 * needs the image again, because its stream was sent already. `refused`: the item, or the url of the image, is wrong.
 */
export type UnavailableReason =
  | 'server'
  | 'quota'
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'bad_answer'
  | 'stream_consumed'
  | 'refused';

/** There is no verdict. The content may be known abuse: keep it hidden and ask again. */
export interface Unavailable extends ErrorFacts {
  readonly verdict: 'unavailable';
  readonly reason: UnavailableReason;
}

export function unavailable(reason: UnavailableReason, detail: string, facts: Partial<ErrorFacts> = {}): Unavailable {
  return { verdict: 'unavailable', reason, status: null, code: reason, requestId: null, ...facts, detail };
}
