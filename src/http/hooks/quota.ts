import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Quotas } from '../../service/abuse/quotas.js';
import { callerOf } from './access.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route itself counts `items` once it has read them. */
    counts?: 'requests' | 'items';
  }
}

/** Runs before the body is read. */
export function installQuota(app: FastifyInstance, quotas: Quotas): void {
  app.addHook('onRoute', (route) => {
    const counts = route.config?.counts;
    if (!counts) return;
    const count = (request: FastifyRequest, _reply: unknown, done: () => void) => {
      if (counts === 'requests') quotas.spend(callerOf(request));
      else quotas.check(callerOf(request));
      done();
    };
    route.onRequest = [route.onRequest ?? [], count].flat();
  });
}
