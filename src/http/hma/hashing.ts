import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ImageFetcher } from '../../service/fetching/image-fetcher.js';
import type { Hashing, Media } from '../../service/hma/hashing.js';
import { clientLeft } from '../client-left.js';
import { callerOf } from '../hooks/access.js';
import { sendJson } from './json.js';
import { parameterOf, requiredParameter } from './query.js';
import { fetchedMedia } from './remote-media.js';
import { hmaRoute } from './route.js';
import { askedSignal } from './types.js';
import { uploadLimit, uploadOf } from './uploads.js';

export interface HashingRouteParts {
  readonly hashing: Hashing;
  readonly imageFetcher: Pick<ImageFetcher, 'fetch'>;
  readonly limits: { readonly maxImageBytes: number };
}

/** `/h/hash`. It looks nothing up and keeps nothing. */
export function hashingRoutes(scope: FastifyInstance, { hashing, imageFetcher, limits }: HashingRouteParts): void {
  const { maxImageBytes } = limits;
  const access = ['platform', 'analyst'] as const;
  const hash = async (request: FastifyRequest, reply: FastifyReply, media: Media) => {
    const signal = askedSignal(request, media.type);
    const hashed = await hashing.hash(callerOf(request), media, clientLeft(reply));
    return parameterOf(request, 'types') ? { [signal]: hashed[signal] } : hashed;
  };
  hmaRoute(scope, { method: 'GET', url: '/h/hash', access }, async (request, reply) => {
    const url = requiredParameter(request, 'url');
    return sendJson(reply, await hash(request, reply, await fetchedMedia(imageFetcher, request, reply, url)));
  });
  const upload = { bodyLimit: uploadLimit(maxImageBytes), takesFile: true, repeatable: true };
  hmaRoute(scope, { method: 'POST', url: '/h/hash', access, ...upload }, async (request, reply) =>
    sendJson(reply, await hash(request, reply, uploadOf(request, maxImageBytes).media)),
  );
}
