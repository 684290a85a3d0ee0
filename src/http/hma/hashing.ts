import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hashing, Media } from '../../service/hma/hashing.js';
import { callerOf } from '../hooks/access.js';
import { sendJson } from './json.js';
import { parameterOf, requiredParameter } from './query.js';
import { hmaRoute } from './route.js';
import { askedSignal } from './types.js';
import { uploadLimit, uploadOf } from './uploads.js';

/** `/h/hash`. It looks nothing up and keeps nothing. */
export function hashingRoutes(scope: FastifyInstance, hashing: Hashing, maxImageBytes: number): void {
  const access = ['platform', 'analyst'] as const;
  const hash = async (request: FastifyRequest, media: Media) => {
    const signal = askedSignal(request, media.type);
    const hashed = await hashing.hash(callerOf(request), media, request.signal);
    return parameterOf(request, 'types') ? { [signal]: hashed[signal] } : hashed;
  };
  hmaRoute(scope, { method: 'GET', url: '/h/hash', access }, async (request, reply) => {
    const url = requiredParameter(request, 'url');
    const media = await hashing.fetch(callerOf(request), { url, type: parameterOf(request, 'content_type') }, request.signal);
    return sendJson(reply, await hash(request, media));
  });
  const upload = { bodyLimit: uploadLimit(maxImageBytes), takesFile: true, repeatable: true };
  hmaRoute(scope, { method: 'POST', url: '/h/hash', access, ...upload }, async (request, reply) =>
    sendJson(reply, await hash(request, uploadOf(request, maxImageBytes).media)),
  );
}
