import type { FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { ImageFetcher } from '../../service/fetching/image-fetcher.js';
import { assertContentType, type Media } from '../../service/hma/hashing.js';
import type { ContentType } from '../../service/hma/signals.js';
import { clientLeft } from '../client-left.js';
import { fetchedImage } from '../fetched-image.js';
import { parameterOf } from './query.js';

/** What is at a URL, as `content_type` or else the other server says. @throws VigieError as `ImageFetcher.fetch`, `bad_request`. */
export async function fetchedMedia(
  fetcher: Pick<ImageFetcher, 'fetch'>,
  request: FastifyRequest,
  reply: FastifyReply,
  url: string,
): Promise<Media> {
  const type = parameterOf(request, 'content_type');
  if (type !== undefined) assertContentType(type);
  const { bytes, contentType } = await fetchedImage(fetcher, request, reply, url, clientLeft(reply));
  return { type: type ?? typeOf(contentType), bytes };
}

function typeOf(contentType: string): ContentType {
  if (/^image\//i.test(contentType)) return 'photo';
  if (/^video\//i.test(contentType)) return 'video';
  throw new VigieError(
    'bad_request',
    `unsupported url ContentType: '${contentType}', if you know the expected type, provide it with the content_type query param`,
  );
}
