import type { RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A POST that does no harm when sent twice: it takes no Idempotency-Key. */
    repeatable?: boolean;
    /** Throws if the caller may no longer see the stored answer. A key keeps its role, but a list's rights change. */
    mayReplay?(request: FastifyRequest, status: number): Promise<void>;
  }
}

export function takesIdempotencyKey({ method, config }: Pick<RouteOptions, 'method' | 'config'>): boolean {
  return method === 'POST' && config?.repeatable !== true;
}
