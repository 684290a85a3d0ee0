import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { callerOf } from './access.js';
import { BodyBudget, type CountedBody, uncountedBytes } from './body-budget.js';
import { BodyProgress, endBody } from './body-progress.js';
import { hasBody } from './has-body.js';

export interface AdmissionLimits {
  readonly maxBytesInFlight: number;
  readonly bodyTimeoutMs: number;
  readonly bodyStallMs: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** NDJSON bodies of any length and duration. */
    streams?: boolean;
  }
  interface FastifyRequest {
    countedBody: CountedBody | null;
  }
}

/** Limits the bytes in flight and the time for a body. Runs after the access check: unknown callers cannot use up the limit. */
export function installAdmission(app: FastifyInstance, limits: AdmissionLimits): void {
  const budget = new BodyBudget(limits.maxBytesInFlight);
  const progress = new BodyProgress({ timeoutMs: limits.bodyTimeoutMs, stallMs: limits.bodyStallMs });
  app.decorateRequest('countedBody', null);
  app.addHook('onClose', async () => progress.close());
  app.addHook('onRequest', (request, reply, done) => {
    if (!hasBody(request) || (request.routeOptions.config.streams && isNdjson(request))) return done();
    const announced = announcedBytes(request);
    if (announced === undefined || announced > uncountedBytes) {
      request.countedBody = budget.admit(callerOf(request).key, request.ip, announced ?? 0);
    }
    progress.watch(request, reply);
    reply.raw.once('close', () => {
      request.countedBody?.end();
      progress.forget(request);
    });
    done();
  });
  // In this hook, because Fastify reads the body right after it.
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { countedBody } = request;
    if (countedBody) {
      let received = 0;
      payload.on('data', (chunk: Buffer) => {
        received += chunk.length;
        // Fastify answers 413.
        if (received > (request.routeOptions.bodyLimit ?? 0)) return;
        try {
          countedBody.arrived(chunk.length);
        } catch (error) {
          if (!(error instanceof VigieError)) throw error;
          progress.forget(request);
          endBody(request, reply, error);
        }
      });
    }
    done(null, payload);
  });
  app.addHook('preValidation', (request, _reply, done) => {
    progress.forget(request);
    done();
  });
}

export function isNdjson(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith('application/x-ndjson') ?? false;
}

/** Undefined for a chunked body. @throws VigieError `unsupported_media_type`, `body_too_large`. */
function announcedBytes({ headers, routeOptions }: FastifyRequest): number | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new VigieError('unsupported_media_type', `Content-Encoding ${encoding} is not supported; send the body uncompressed`);
  }
  const bodyLimit = routeOptions.bodyLimit ?? 0;
  const length = headers['content-length'];
  if (length === undefined) return undefined;
  const announced = Number(length);
  if (announced > bodyLimit) throw new VigieError('body_too_large', `the body has ${announced} bytes, the limit is ${bodyLimit}`);
  return announced;
}
