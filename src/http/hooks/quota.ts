import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Quotas } from '../../service/abuse/quotas.js';
import { callerOf } from './access.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What counts against the key's quota: each request, or items that the route counts itself once it has read them. */
    counts?: 'requests' | 'items';
  }
}

/** Refuses a key that has used its quota before a byte of the body is read. After the access check: only known keys are counted. */
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
