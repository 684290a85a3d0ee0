import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { VerdictHistory } from '../../service/verdict-history.js';
import { callerOf } from '../plugins/access.js';
import {
  explanationSchema,
  feedbackRequestSchema,
  feedbackSchema,
  requestIdSchema,
  toldVerdictSchema,
  toldVerdictsQuerySchema,
  toldVerdictsSchema,
} from '../schemas/history.js';

/** `/v1/matches`: what a platform was answered, what came of it, and why it was so. */
export function verdictRoutes(app: FastifyInstance, history: VerdictHistory): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['platform'] as const };
  routes.get(
    '/v1/matches',
    {
      config,
      schema: {
        summary: 'Your verdicts, newest first',
        querystring: toldVerdictsQuerySchema,
        response: { 200: toldVerdictsSchema },
      },
    },
    async (request) => history.page(callerOf(request).organisation, request.query),
  );
  routes.get(
    '/v1/matches/:requestId',
    { config, schema: { summary: 'One verdict', params: requestIdSchema, response: { 200: toldVerdictSchema } } },
    async (request) => history.get(callerOf(request).organisation, request.params.requestId),
  );
  routes.get(
    '/v1/matches/:requestId/explain',
    { config, schema: { summary: 'Why a verdict was so', params: requestIdSchema, response: { 200: explanationSchema } } },
    async (request) => history.explain(callerOf(request).organisation, request.params.requestId),
  );
  routes.post(
    '/v1/matches/:requestId/feedback',
    {
      config: { ...config, writes: true },
      schema: {
        summary: 'Say whether a match was right; the last word of an organisation counts',
        params: requestIdSchema,
        body: feedbackRequestSchema,
        response: { 201: feedbackSchema },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return history.tell(callerOf(request).organisation, request.params.requestId, request.body);
    },
  );
}
