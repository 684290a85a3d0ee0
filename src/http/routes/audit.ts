import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AuditReader } from '../../service/audit-log/export.js';
import { auditPageQuerySchema, auditPageSchema } from '../schemas/audit.js';

export function auditRoute(app: FastifyInstance, audit: AuditReader): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/audit',
    {
      config: { access: ['auditor'] },
      schema: {
        summary: 'Read the audit log',
        description:
          'Every act of every organisation, sealed, oldest first. An act appears within seconds of its commit and never moves. Keep the `mac` of the last act you read: `vigie audit verify --anchor FILE` uses it to find acts that were removed or rewritten later.',
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
