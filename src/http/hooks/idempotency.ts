import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { Claimed, Idempotency, StoredAnswer } from '../../service/idempotency/idempotency.js';
import { bytesOfBody } from '../image-body.js';
import { callerOf } from './access.js';
import { problemOf, problemType } from './problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A POST that changes something: it takes an Idempotency-Key. Its answer is stored for 24 hours. */
    writes?: boolean;
    /** Its good answer holds a secret, which is never stored: asked again it answers 409. */
    tellsOnce?: boolean;
  }
  interface FastifyRequest {
    /** The text of a JSON body, of routes that write. */
    jsonText: string | null;
    claimed: Claimed | null;
  }
}

const header = 'idempotency-key';
const visibleAscii = /^[\x21-\x7e]{1,200}$/;
/** Answers of writes are a few KB; what is larger is not worth keeping, and a retry runs again. */
const largestAnswer = 1024 * 1024;
/** Refusals that say "later", not "no". */
const notFinal = new Set([408, 425, 429]);

/**
 * Routes of `writes: true` do a request of one Idempotency-Key once: the same request again is given the same answer, marked
 * `idempotency-replayed: true`, another one 409. Hooks of these routes only: matching pays nothing for it.
 */
export function installIdempotency(app: FastifyInstance, idempotency: Idempotency): void {
  app.decorateRequest('jsonText', null);
  app.decorateRequest('claimed', null);
  app.addHook('onRoute', (route) => {
    if (!route.config?.writes) return;
    route.onRequest = [route.onRequest ?? [], checkKey].flat();
    route.preHandler = [
      route.preHandler ?? [],
      (request: FastifyRequest, reply: FastifyReply) => begin(idempotency, request, reply),
    ].flat();
    route.onSend = [route.onSend ?? [], keep].flat();
  });
}

/** @throws VigieError `bad_request`, before the body is read. */
async function checkKey({ headers }: FastifyRequest): Promise<void> {
  const key = headers[header];
  if (key === undefined || visibleAscii.test(String(key))) return;
  throw new VigieError('bad_request', 'Idempotency-Key: must be 1 to 200 visible ASCII characters, once');
}

async function begin(idempotency: Idempotency, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const key = request.headers[header];
  if (key === undefined) return undefined;
  const begun = await idempotency.begin({ apiKey: callerOf(request).key, key: String(key) }, fingerprintOf(request));
  if ('keep' in begun) {
    request.claimed = begun;
    return undefined;
  }
  if (begun.contentType !== '') reply.type(begun.contentType);
  return reply.code(begun.status).header('idempotency-replayed', 'true').send(begun.body);
}

function fingerprintOf(request: FastifyRequest): Uint8Array {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  const parts = request.jsonText === null ? bytesOfBody(request) : [request.jsonText];
  for (const part of parts) hash.update(part);
  return hash.digest();
}

async function keep(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const { claimed } = request;
  request.claimed = null;
  if (!claimed) return payload;
  const body = bodyOf(payload);
  if (!body || !isFinal(request, reply)) await claimed.release();
  else await claimed.keep(answerOf(request, reply, body));
  return payload;
}

function answerOf(request: FastifyRequest, reply: FastifyReply, body: Buffer): StoredAnswer {
  if (request.routeOptions.config.tellsOnce && reply.statusCode < 300) {
    const told = new VigieError('conflict', 'this request was done, and its answer is told only once');
    return { status: told.status, contentType: problemType, body: Buffer.from(JSON.stringify(problemOf(told, request.id))) };
  }
  return { status: reply.statusCode, contentType: String(reply.getHeader('content-type') ?? ''), body };
}

/** Undefined for what cannot be kept: a stream, or too much. */
function bodyOf(payload: unknown): Buffer | undefined {
  if (payload === undefined || payload === null) return Buffer.alloc(0);
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return Buffer.isBuffer(body) && body.length <= largestAnswer ? body : undefined;
}

function isFinal({ raw }: FastifyRequest, reply: FastifyReply): boolean {
  const { statusCode } = reply;
  if (statusCode >= 200 && statusCode < 300) return true;
  // What was given up because the client went away is no refusal.
  const isRefusal = statusCode >= 400 && statusCode < 500 && !raw.socket.destroyed;
  return isRefusal && !notFinal.has(statusCode) && reply.getHeader('retry-after') === undefined;
}
