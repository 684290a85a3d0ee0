import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { plainEncodings } from '../multipart.js';
import { BodyBudget, type CountedBody, uncountedBytes } from './body-budget.js';
import { BodyProgress, endBody } from './body-progress.js';
import { hasBody } from './has-body.js';

export interface AdmissionLimits {
  readonly maxBytesInFlight: number;
  readonly bodyTimeoutMs: number;
  readonly bodyStallMs: number;
}

/** Bodies to public routes: they share one part of the memory. */
const nobody = 'nobody';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** NDJSON bodies of any length and duration. */
    streams?: boolean;
    /** Bodies of any type, which the route writes to a file as they arrive. */
    uploads?: boolean;
  }
  interface FastifyInstance {
    bodyBudget: BodyBudget;
  }
  interface FastifyRequest {
    countedBody: CountedBody | null;
  }
}

/** Limits the bytes in flight and the time for a body. Runs after the access check: unknown callers cannot use up the limit. */
export function installAdmission(app: FastifyInstance, limits: AdmissionLimits): void {
  const budget = new BodyBudget(limits.maxBytesInFlight);
  const progress = new BodyProgress({ timeoutMs: limits.bodyTimeoutMs, stallMs: limits.bodyStallMs });
  app.decorate('bodyBudget', budget);
  app.decorateRequest('countedBody', null);
  app.addHook('onClose', async () => progress.close());
  app.addHook('onRequest', (request, reply, done) => {
    if (!hasBody(request)) return done();
    refuseEncoding(request);
    const { streams, uploads } = request.routeOptions.config;
    if (uploads || (streams && isNdjson(request))) return done();
    const announced = announcedBytes(request);
    if (announced === undefined || announced > uncountedBytes) {
      const counted = budget.admit(request.caller?.key ?? nobody, request.ip, announced ?? 0);
      request.countedBody = counted;
      reply.raw.on('close', () => counted.end());
    }
    progress.watch(request, reply);
    done();
  });
  // In this hook, because Fastify reads the body right after it.
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { countedBody } = request;
    if (countedBody) {
      let received = 0;
      payload.on('data', (chunk: Buffer) => {
        received += chunk.length;
        // Refused already, or Fastify answers 413.
        if (reply.sent || received > (request.routeOptions.bodyLimit ?? 0)) return;
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
  return request.headers['content-type']?.toLowerCase().startsWith('application/x-ndjson') ?? false;
}

/** @throws VigieError `unsupported_media_type`: the hashes would be those of the encoded bytes. */
function refuseEncoding({ headers }: FastifyRequest): void {
  for (const name of ['Content-Encoding', 'Content-Transfer-Encoding']) {
    const encoding = headers[name.toLowerCase()];
    if (typeof encoding !== 'string' || plainEncodings.has(encoding.toLowerCase())) continue;
    throw new VigieError('unsupported_media_type', `${name} ${encoding} is not supported; send the bytes themselves`);
  }
}

/** Undefined for a chunked body. @throws VigieError `body_too_large`. */
function announcedBytes({ headers, routeOptions }: FastifyRequest): number | undefined {
  const bodyLimit = routeOptions.bodyLimit ?? 0;
  const length = headers['content-length'];
  if (length === undefined) return undefined;
  const announced = Number(length);
  if (announced > bodyLimit) throw new VigieError('body_too_large', `the body has ${announced} bytes, the limit is ${bodyLimit}`);
  return announced;
}
