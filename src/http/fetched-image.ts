import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ImageFetcher } from '../service/fetching/image-fetcher.js';
import { callerOf } from './hooks/access.js';

/**
 * Fetches the image of a request that names a URL. Its bytes count among those in flight until the request ends, as if the client had
 * sent them.
 *
 * @throws VigieError as `ImageFetcher.fetch`
 */
export async function fetchedImage(
  fetcher: Pick<ImageFetcher, 'fetch'>,
  request: FastifyRequest,
  reply: FastifyReply,
  url: string,
  signal: AbortSignal,
): Promise<{ bytes: Buffer; contentType: string }> {
  const caller = callerOf(request);
  const counted = request.server.bodyBudget.admit(caller.key, request.ip, 0);
  reply.raw.on('close', () => counted.end());
  return fetcher.fetch(caller, url, signal, (bytes) => counted.arrived(bytes));
}
