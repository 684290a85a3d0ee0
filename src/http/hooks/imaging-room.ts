import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ImageHasher } from '../../service/matching/image-hasher.js';
import { callerOf } from './access.js';

/** Refuses an image before its body is read when too many wait for decoding. Runs before the quota, so a refusal costs nothing. */
export function installImagingRoom(app: FastifyInstance, hasher: Pick<ImageHasher, 'assertRoom'>): void {
  app.addHook('onRoute', (route) => {
    if (!route.config?.takes?.bytes) return;
    const check = (request: FastifyRequest, _reply: unknown, done: () => void) => {
      const type = request.headers['content-type'] ?? '';
      if (!type.startsWith('application/json')) hasher.assertRoom(callerOf(request).organisation);
      done();
    };
    route.onRequest = [route.onRequest ?? [], check].flat();
  });
}
