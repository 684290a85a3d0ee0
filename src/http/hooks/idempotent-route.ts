import type { RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A POST that does no harm when sent twice: it takes no Idempotency-Key. */
    repeatable?: boolean;
  }
}

export function takesIdempotencyKey({ method, config }: Pick<RouteOptions, 'method' | 'config'>): boolean {
  return method === 'POST' && config?.repeatable !== true;
}
