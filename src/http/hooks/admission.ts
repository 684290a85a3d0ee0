import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { BodyTimeout } from './body-timeout.js';
import { hasBody } from './has-body.js';

export interface AdmissionLimits {
  readonly maxBytesInFlight: number;
  readonly bodyTimeoutMs: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** NDJSON bodies of any length and duration. */
    streams?: boolean;
  }
}

/** Limits the bytes in flight and the time for a body. Runs after the access check: unknown callers cannot use up the limit. */
export function installAdmission(app: FastifyInstance, limits: AdmissionLimits): void {
  let bytesInFlight = 0;
  const bodyTimeout = new BodyTimeout(limits.bodyTimeoutMs);
  app.addHook('onClose', async () => bodyTimeout.close());
  app.addHook('onRequest', (request, reply, done) => {
    if (!hasBody(request) || (request.routeOptions.config.streams && isNdjson(request))) return done();
    const announced = announcedBytes(request);
    if (bytesInFlight + announced > limits.maxBytesInFlight) {
      throw new VigieError(
        'overloaded',
        `the server is receiving ${bytesInFlight} bytes already, the limit is ${limits.maxBytesInFlight}; retry after Retry-After`,
        1,
      );
    }
    bytesInFlight += announced;
    bodyTimeout.watch(request, reply);
    reply.raw.once('close', () => {
      bytesInFlight -= announced;
      bodyTimeout.forget(request);
    });
    done();
  });
  app.addHook('preValidation', (request, _reply, done) => {
    bodyTimeout.forget(request);
    done();
  });
}

export function isNdjson(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith('application/x-ndjson') ?? false;
}

/** @throws VigieError `unsupported_media_type`, `body_too_large`. */
function announcedBytes({ headers, routeOptions }: FastifyRequest): number {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new VigieError('unsupported_media_type', `Content-Encoding ${encoding} is not supported; send the body uncompressed`);
  }
  const bodyLimit = routeOptions.bodyLimit ?? 0;
  const announced = Number(headers['content-length'] ?? bodyLimit);
  if (announced > bodyLimit) throw new VigieError('body_too_large', `the body has ${announced} bytes, the limit is ${bodyLimit}`);
  return announced;
}
