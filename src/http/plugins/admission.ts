import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { problemOf } from './problems.js';

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
  app.addHook('onRequest', async (request, reply) => {
    const { headers, routeOptions } = request;
    if (!hasBody(request)) return;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw new VigieError('unsupported_media_type', `Content-Encoding ${encoding} is not taken: send the bytes as they are`);
    }
    if (routeOptions.config.streams && isNdjson(request)) return;
    const bodyLimit = routeOptions.bodyLimit ?? 0;
    const announced = Number(headers['content-length'] ?? bodyLimit);
    if (announced > bodyLimit)
      throw new VigieError('body_too_large', `the body has ${announced} bytes, the limit is ${bodyLimit}`);
    if (bytesInFlight + announced > limits.maxBytesInFlight) {
      throw new VigieError(
        'overloaded',
        `bodies of ${bytesInFlight} bytes are in flight, the limit is ${limits.maxBytesInFlight}`,
        1,
      );
    }
    bytesInFlight += announced;
    reply.raw.once('close', () => {
      bytesInFlight -= announced;
    });
    giveUpOnTrickle(request, reply, limits.bodyTimeoutMs);
  });
  return { bytesInFlight: () => bytesInFlight };
}

export function isNdjson(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith('application/x-ndjson') ?? false;
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Answers 408 past the time limit and closes: Node's own requestTimeout would also end long streams, and answers no problem. */
function giveUpOnTrickle(request: FastifyRequest, reply: FastifyReply, timeoutMs: number): void {
  const timer = setTimeout(() => {
    const refusal = new VigieError('body_timeout', `the body did not arrive within ${timeoutMs} ms`);
    reply.hijack();
    reply.raw.writeHead(refusal.status, { 'content-type': 'application/problem+json', connection: 'close' });
    reply.raw.end(JSON.stringify(problemOf(refusal, request.id)), () => request.raw.destroy());
  }, timeoutMs);
  const clear = () => clearTimeout(timer);
  request.raw.once('end', clear);
  reply.raw.once('close', clear);
}
