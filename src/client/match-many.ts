import { BatchRequest, type ManyResult } from './batch-request.js';
import { Deadline } from './deadline.js';
import { isWrongRequest, VigieError } from './errors.js';
import { ItemSource } from './item-source.js';
import type { BatchItem } from './openapi.js';
import { sendsStreams } from './runtime.js';
import { isRetryable, noAnswer, type Transport } from './transport.js';
import type { Unavailable } from './unavailable.js';

export type { ManyResult } from './batch-request.js';

export interface ManyOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Sends requests of this many items, up to 1 000, instead of a stream. Default: a stream in Node.js; 200 in browsers, which cannot
   * send streams over HTTP/1.1.
   */
  readonly chunk?: number | undefined;
}

const browserChunk = 200;

/** See `Vigie.matchMany`. A new request continues where a broken one ended: matching twice changes nothing. */
export async function* matchMany(
  transport: Transport,
  items: AsyncIterable<BatchItem> | Iterable<BatchItem>,
  { signal, chunk = sendsStreams() ? undefined : browserChunk }: ManyOptions,
): AsyncGenerator<ManyResult, void> {
  const source = new ItemSource(items);
  const run = new Deadline(Number.POSITIVE_INFINITY, signal);
  // Requests that brought nothing, one after the other.
  let failures = 0;
  try {
    while (await run.race(() => source.peek())) {
      const request = new BatchRequest(transport, source, run);
      yield* request.results(chunk);
      const { failure, answered, thrown } = request;
      // After a failure, the items before are sent again first. Then the items throw again.
      if (thrown && !failure) throw thrown.error;
      if (answered > 0) failures = 0;
      if (!failure) continue;
      if (isWrongRequest(failure)) throw new VigieError(failure);
      const waitMs = transport.waitBefore(failures, failure);
      const isLast = failures++ >= transport.retries || waitMs > transport.timeoutMs;
      if (isLast || !isWorthRetry(failure)) return yield* remaining(source, failure, run);
      await run.wait(waitMs);
    }
    for (const item of source.takeSent()) yield { ...noAnswer(undefined, run.why, 0), id: item.id };
  } finally {
    run.release();
    source.close();
  }
}

/** Without these, an item could be taken for one without a match. After an abort, the caller keeps the items that were not sent. */
async function* remaining(source: ItemSource, failure: Unavailable, run: Deadline): AsyncGenerator<ManyResult, void> {
  for (const { id } of source.takeSent()) yield { ...failure, id };
  if (failure.reason === 'aborted') return;
  const next = () => run.race(() => source.peek());
  for (let item = await next(); item; item = await next()) {
    source.take();
    yield { ...failure, id: item.id };
  }
}

/** Silence ends one request, not the whole run. The service ends a stream on which nothing arrives for a while. */
function isWorthRetry(failure: Unavailable): boolean {
  return isRetryable(failure) || failure.reason === 'timeout' || failure.code === 'body_timeout';
}
