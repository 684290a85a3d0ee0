import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AuditReader } from '../../service/audit-log/export.js';
import { auditPageQuerySchema, auditPageSchema } from '../schemas/audit.js';

/** `/v1/audit`: everything that was done here, for auditors. */
export function auditRoute(app: FastifyInstance, audit: AuditReader): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/audit',
    {
      config: { access: ['auditor'] },
      schema: {
        summary: 'What was done here, and by whom: sealed acts, oldest first',
        querystring: auditPageQuerySchema,
        response: { 200: auditPageSchema },
      },
    },
    async ({ query }) => {
      const { items, nextCursor } = await audit.page(query);
      return { items: [...items], nextCursor };
    },
  );
}
