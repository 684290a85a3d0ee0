import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { VigieError } from '../../domain/errors.js';

export interface Readiness {
  /** Why this node should get no traffic; null when it should. */
  whyNot(): string | null;
  index(): { readonly ageMs: number };
}

const healthSchema = z.strictObject({ status: z.literal('ok') });
const readySchema = z.strictObject({
  status: z.literal('ready'),
  // No version: it counts the changes of all lists, which nobody without a key is told.
  index: z.strictObject({ ageMs: z.number() }),
});

/** For orchestrators: `/healthz` says the process lives, `/readyz` that its answers are complete. */
export function healthRoutes(app: FastifyInstance, readiness: Readiness): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/healthz',
    { config: { access: 'public' }, schema: { summary: 'Is the process alive?', response: { 200: healthSchema } } },
    async () => ({ status: 'ok' as const }),
  );
  routes.get(
    '/readyz',
    { config: { access: 'public' }, schema: { summary: 'Are answers complete?', response: { 200: readySchema } } },
    async () => {
      const reason = readiness.whyNot();
      if (reason) throw new VigieError('index_unavailable', reason, 1);
      const { ageMs } = readiness.index();
      return { status: 'ready' as const, index: { ageMs } };
    },
  );
  routes.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger());
}
