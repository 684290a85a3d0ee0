import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { Claimed, Idempotency, StoredAnswer } from '../../service/idempotency/idempotency.js';
import { bytesOfBody } from '../image-body.js';
import { callerOf } from './access.js';
import { problemOf, problemType } from './error-shapes.js';
import { takesIdempotencyKey } from './idempotent-route.js';

declare module 'fastify' {
  interface FastifyRequest {
    jsonText: string | null;
    claimed: Claimed | null;
    /** What a retry gets in place of an answer that shows a secret, which must not be stored. */
    replay: VigieError | null;
  }
}

const header = 'idempotency-key';
const visibleAscii = /^[\x21-\x7e]{1,200}$/;
/** A larger answer is not stored, and its retry runs again. Usual answers are a few KB. */
const maxStoredBytes = 1024 * 1024;
const retryLater = new Set([408, 425, 429]);

/**
 * A retry with the same key gets the stored answer; another request with that key gets 409. Only routes that take the key have these
 * hooks.
 */
export function installIdempotency(app: FastifyInstance, idempotency: Idempotency): void {
  app.decorateRequest('jsonText', null);
  app.decorateRequest('claimed', null);
  app.decorateRequest('replay', null);
  app.addHook('onRoute', (route) => {
    if (!takesIdempotencyKey(route)) return;
    route.onRequest = [route.onRequest ?? [], checkKey].flat();
    route.preHandler = [
      route.preHandler ?? [],
      (request: FastifyRequest, reply: FastifyReply) => begin(idempotency, request, reply),
    ].flat();
    route.onSend = [route.onSend ?? [], store].flat();
  });
}

async function checkKey({ headers }: FastifyRequest): Promise<void> {
  const key = headers[header];
  if (key === undefined || visibleAscii.test(String(key))) return;
  throw new VigieError('bad_request', 'Idempotency-Key: must be 1 to 200 visible ASCII characters; send it once');
}

async function begin(idempotency: Idempotency, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const key = request.headers[header];
  if (key === undefined) return undefined;
  const begun = await idempotency.begin({ apiKey: callerOf(request).key, key: String(key) }, fingerprintOf(request));
  if ('keep' in begun) {
    request.claimed = begun;
    return undefined;
  }
  // Other refusals tell nothing that a right protects.
  if (begun.status < 400 || begun.status === 409) await request.routeOptions.config.mayReplay?.(request, begun.status);
  if (begun.contentType !== '') reply.type(begun.contentType);
  return reply.code(begun.status).header('idempotency-replayed', 'true').send(begun.body);
}

function fingerprintOf(request: FastifyRequest): Uint8Array {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  const parts = request.jsonText === null ? bytesOfBody(request) : [request.jsonText];
  for (const part of parts) hash.update(part);
  return hash.digest();
}

async function store(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const { claimed } = request;
  request.claimed = null;
  if (!claimed) return payload;
  const body = bodyOf(payload);
  if (!body || !isFinal(request, reply)) await claimed.release();
  else await claimed.keep(request.replay ? refusalOf(request.replay, request) : answerOf(reply, body));
  return payload;
}

function answerOf(reply: FastifyReply, body: Buffer): StoredAnswer {
  return { status: reply.statusCode, contentType: String(reply.getHeader('content-type') ?? ''), body };
}

function refusalOf(error: VigieError, { id }: FastifyRequest): StoredAnswer {
  return { status: error.status, contentType: problemType, body: Buffer.from(JSON.stringify(problemOf(error, id))) };
}

/** Undefined: a stream, or too large to store. */
function bodyOf(payload: unknown): Buffer | undefined {
  if (payload === undefined || payload === null) return Buffer.alloc(0);
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return Buffer.isBuffer(body) && body.length <= maxStoredBytes ? body : undefined;
}

function isFinal({ raw }: FastifyRequest, reply: FastifyReply): boolean {
  const { statusCode } = reply;
  if (statusCode >= 200 && statusCode < 300) return true;
  // The client went away: nothing was refused.
  const isRefusal = statusCode >= 400 && statusCode < 500 && !raw.socket.destroyed;
  return isRefusal && !retryLater.has(statusCode) && reply.getHeader('retry-after') === undefined;
}
