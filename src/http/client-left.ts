import type { FastifyReply } from 'fastify';

/**
 * Aborts when the client leaves before it has its answer.
 *
 * Fastify's `request.signal` does not serve: Node closes a request once its body has been read, so it aborts then, or never.
 */
export function clientLeft({ raw }: FastifyReply): AbortSignal {
  const leaving = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort();
  });
  return leaving.signal;
}
