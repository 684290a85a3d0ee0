import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ImageHasher } from '../../service/matching/image-hasher.js';
import { callerOf } from './access.js';

/** A body that takes longer comes over a slow connection. It is no part of a burst, and does not count as arriving. */
const burstMs = 250;

/**
 * Refuses an image before its body is read when too many wait for decoding, or will wait once they have arrived. Otherwise a burst of
 * hundreds is read completely before the first of them is refused. Runs before the quota, so a refusal costs nothing.
 */
export function installImagingRoom(app: FastifyInstance, hasher: Pick<ImageHasher, 'assertRoom'>): void {
  const arriving = new ArrivingImages();
  app.addHook('onRoute', (route) => {
    const types = route.config?.takes?.bytes;
    if (!types) return;
    const isImage = (request: FastifyRequest) => types.includes('*/*') || !isJson(request);
    route.onRequest = [
      route.onRequest ?? [],
      (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
        if (!isImage(request)) return done();
        const { organisation } = callerOf(request);
        hasher.assertRoom(organisation, arriving.of(organisation));
        arriving.add(organisation, request);
        reply.raw.once('close', () => arriving.remove(organisation, request));
        done();
      },
    ].flat();
    route.preValidation = [
      route.preValidation ?? [],
      (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
        if (isImage(request)) arriving.remove(callerOf(request).organisation, request);
        done();
      },
    ].flat();
  });
}

function isJson({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.toLowerCase().startsWith('application/json') ?? false;
}

/** Images whose bodies are being read, by organisation: those of one organisation never refuse an image of another. */
export class ArrivingImages {
  /** Oldest first. */
  private readonly bursts = new Map<string, Map<object, number>>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  add(owner: string, image: object): void {
    const burst = this.bursts.get(owner) ?? new Map<object, number>();
    this.bursts.set(owner, burst.set(image, this.now()));
  }

  remove(owner: string, image: object): void {
    const burst = this.bursts.get(owner);
    burst?.delete(image);
    if (burst?.size === 0) this.bursts.delete(owner);
  }

  of(owner: string): number {
    const burst = this.bursts.get(owner);
    if (!burst) return 0;
    for (const [image, since] of burst) {
      if (this.now() - since < burstMs) break;
      burst.delete(image);
    }
    return burst.size;
  }
}
