import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { cyberTipRequestSchema } from '../../domain/drafts/cybertip-rules.js';
import type { Drafts } from '../../service/legal/drafts.js';
import { callerOf } from '../hooks/access.js';
import { cyberTipDraftSchema } from '../schemas/cybertip.js';
import { requestIdSchema } from '../schemas/history.js';
import { statementDraftSchema, statementRequestSchema } from '../schemas/statement.js';

export function draftRoutes(app: FastifyInstance, drafts: Drafts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.post(
    '/v1/matches/:requestId/drafts/statement-of-reasons',
    {
      config: { access: ['platform'], repeatable: true },
      schema: {
        summary: 'Draft a DSA statement of reasons',
        description:
          'For a verdict that removed or held content. Vigie takes the verdict from its log and the other facts from the body; it sends and keeps nothing. 422 names the fields that the DSA Transparency Database would refuse, by our table of its rules.',
        params: requestIdSchema,
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
      config: { access: ['platform'], repeatable: true },
      schema: {
        summary: "Draft a report to NCMEC's CyberTipline",
        description:
          'For a verdict that removed content showing a child, or held it for review and a person has viewed it. Vigie takes the verdict from its log and the other facts from the body; it sends and keeps nothing. 422 names the fields that NCMEC would refuse, by our table of its rules.',
        params: requestIdSchema,
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
