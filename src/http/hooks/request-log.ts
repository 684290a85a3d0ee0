import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../domain/errors.js';
import { aborted, type RequestNumbers, type RouteNumbers } from '../request-numbers.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    numbers?: RouteNumbers;
  }
  interface FastifyRequest {
    /** Why the request was refused. */
    refusedFor: ErrorCode | null;
  }
}

/** Requests to no route share one line: their paths are whatever strangers send. */
const unrouted = 'unrouted';

/** Counts every request. With `accessLog` also writes one line for each, without query strings, bodies or keys. */
export function installRequestLog(app: FastifyInstance, numbers: RequestNumbers, accessLog: boolean): void {
  const elsewhere = numbers.route('ANY', unrouted);
  app.decorateRequest('refusedFor', null);
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, numbers: numbers.route(String(route.method), route.url) };
  });
  // `close` also comes when the client leaves early, and needs one listener where an onResponse hook needs two. It comes once, and `once`
  // would wrap the listener.
  app.addHook('onRequest', (request, reply, done) => {
    const startedAt = performance.now();
    reply.raw.on('close', () => {
      const ms = performance.now() - startedAt;
      const status = reply.raw.writableFinished ? reply.raw.statusCode : aborted;
      (request.routeOptions.config.numbers ?? elsewhere).add(status, ms);
      if (request.refusedFor !== null) numbers.noteRefusal(request.refusedFor);
      if (request.caller !== null && (status === 429 || status === 503)) numbers.noteRefusedKey(request.caller.key, status);
      if (accessLog) writeLine(request, reply, status, ms);
    });
    done();
  });
}

function writeLine(request: FastifyRequest, { log }: FastifyReply, status: number | typeof aborted, ms: number): void {
  const { method, id: reqId, routeOptions, caller, refusedFor } = request;
  log.info(
    {
      ...{ method, route: routeOptions.url ?? unrouted, status, ms: Math.round(ms * 1_000) / 1_000, reqId },
      organisation: caller?.organisation ?? null,
      ...(refusedFor !== null && { code: refusedFor }),
    },
    'request',
  );
}
