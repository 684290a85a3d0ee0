import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { cyberTipRequestSchema } from '../../domain/drafts/cybertip-rules.js';
import type { Drafts } from '../../service/legal/drafts.js';
import { callerOf } from '../hooks/access.js';
import { cyberTipDraftSchema } from '../schemas/cybertip.js';
import { statementDraftSchema, statementRequestSchema } from '../schemas/statement.js';

const parametersSchema = z.strictObject({ requestId: z.string() });

/** `/v1/matches/{requestId}/drafts`: what a platform has to send after a verdict, drafted and checked, never sent. */
export function draftRoutes(app: FastifyInstance, drafts: Drafts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.post(
    '/v1/matches/:requestId/drafts/statement-of-reasons',
    {
      config: { access: ['platform'] },
      schema: {
        summary: 'Draft a DSA statement of reasons on a removal or a hold',
        params: parametersSchema,
        body: statementRequestSchema,
        response: { 200: statementDraftSchema },
      },
    },
    async (request) => {
      const { suppressReason, ...facts } = request.body;
      const draft = await drafts.statementOfReasons(callerOf(request), request.params.requestId, facts, suppressReason);
      const until = draft.suppressReason;
      return { ...draft, suppressReason: until && { ...until, expiresAt: until.expiresAt.toISOString() } };
    },
  );
  routes.post(
    '/v1/matches/:requestId/drafts/cybertipline',
    {
      config: { access: ['platform'] },
      schema: {
        summary: "Draft a report to NCMEC's CyberTipline on a removal or a reviewed hold",
        params: parametersSchema,
        body: cyberTipRequestSchema,
        response: { 200: { description: 'The draft', content: { 'application/xml': { schema: cyberTipDraftSchema } } } },
      },
    },
    async (request, reply) => {
      const draft = await drafts.cyberTip(callerOf(request), request.params.requestId, request.body);
      return reply.type('application/xml; charset=utf-8').send(draft);
    },
  );
}
