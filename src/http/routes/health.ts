import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { VigieError } from '../../domain/errors.js';

export interface Readiness {
  whyNot(): string | null;
  index(): { readonly ageMs: number };
}

const healthSchema = z.strictObject({ status: z.literal('ok') });
const readySchema = z.strictObject({
  status: z.literal('ready'),
  // Nobody without a key may learn when lists change.
  index: z.strictObject({ ageMs: z.number() }),
});

export function healthRoutes(app: FastifyInstance, readiness: Readiness): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/healthz',
    { config: { access: 'public' }, schema: { summary: 'Check that the process is alive', response: { 200: healthSchema } } },
    async () => ({ status: 'ok' as const }),
  );
  routes.get(
    '/readyz',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Check that the node is ready',
        description: 'Ready means that its answers are complete. 503 says why the node should get no traffic.',
        response: { 200: readySchema },
      },
    },
    async () => {
      const reason = readiness.whyNot();
      if (reason) throw new VigieError('index_unavailable', reason, 1);
      const { ageMs } = readiness.index();
      return { status: 'ready' as const, index: { ageMs } };
    },
  );
  routes.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger());
}
