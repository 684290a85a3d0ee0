import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { BodyTimeout } from './body-timeout.js';
import { hasBody } from './has-body.js';

export interface AdmissionLimits {
  /** Bytes of bodies held at once, over all requests. */
  readonly maxBytesInFlight: number;
  /** Time a body may take to arrive, in ms. */
  readonly bodyTimeoutMs: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A body that is read piece by piece: neither its size nor its time is limited as a whole. */
    streams?: boolean;
  }
}

/**
 * Decides before a body is read whether it is worth reading, and gives up on one that trickles.
 *
 * Runs after the access check, so that an unknown caller occupies nothing.
 */
export function installAdmission(app: FastifyInstance, limits: AdmissionLimits): { bytesInFlight(): number } {
  let bytesInFlight = 0;
  const trickles = new BodyTimeout(limits.bodyTimeoutMs);
  app.addHook('onClose', async () => trickles.close());
  app.addHook('onRequest', (request, reply, done) => {
    if (!hasBody(request) || (request.routeOptions.config.streams && isNdjson(request))) return done();
    const announced = announcedBytes(request);
    if (bytesInFlight + announced > limits.maxBytesInFlight) {
      throw new VigieError(
        'overloaded',
        `bodies of ${bytesInFlight} bytes are in flight, the limit is ${limits.maxBytesInFlight}`,
        1,
      );
    }
    bytesInFlight += announced;
    trickles.watch(request, reply);
    reply.raw.once('close', () => {
      bytesInFlight -= announced;
      trickles.forget(request);
    });
    done();
  });
  app.addHook('preValidation', (request, _reply, done) => {
    trickles.forget(request);
    done();
  });
  return { bytesInFlight: () => bytesInFlight };
}

export function isNdjson(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith('application/x-ndjson') ?? false;
}

/** Bytes a body will have, at most. @throws VigieError `unsupported_media_type`, `body_too_large`. */
function announcedBytes({ headers, routeOptions }: FastifyRequest): number {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new VigieError('unsupported_media_type', `Content-Encoding ${encoding} is not taken: send the bytes as they are`);
  }
  const bodyLimit = routeOptions.bodyLimit ?? 0;
  const announced = Number(headers['content-length'] ?? bodyLimit);
  if (announced > bodyLimit) throw new VigieError('body_too_large', `the body has ${announced} bytes, the limit is ${bodyLimit}`);
  return announced;
}
