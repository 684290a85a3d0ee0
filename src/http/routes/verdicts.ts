import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { VigieError } from '../../domain/errors.js';
import type { MatchDisclosure } from '../../service/matching/match-disclosure.js';
import type { VerdictHistory } from '../../service/matching/verdict-history.js';
import { callerOf } from '../hooks/access.js';
import {
  explanationSchema,
  feedbackRequestSchema,
  feedbackSchema,
  requestIdSchema,
  toldVerdictSchema,
  toldVerdictsQuerySchema,
  toldVerdictsSchema,
} from '../schemas/history.js';

export interface VerdictRouteParts {
  readonly history: VerdictHistory;
  readonly disclosure: MatchDisclosure;
}

export function verdictRoutes(app: FastifyInstance, { history, disclosure }: VerdictRouteParts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['platform'] as const };
  routes.get(
    '/v1/matches',
    {
      config,
      schema: {
        summary: 'List your verdicts',
        description: 'Newest first. Vigie keeps verdicts for `verdictDays` days. It does not keep `no_known_match`.',
        querystring: toldVerdictsQuerySchema,
        response: { 200: toldVerdictsSchema },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { items, nextCursor } = await history.page(caller.organisation, request.query);
      return { items: items.map((item) => disclosure.discloseAgain(caller, item)), nextCursor };
    },
  );
  routes.get(
    '/v1/matches/:requestId',
    { config, schema: { summary: 'Get a verdict', params: requestIdSchema, response: { 200: toldVerdictSchema } } },
    async (request) => {
      const caller = callerOf(request);
      return disclosure.discloseAgain(caller, await history.get(caller.organisation, request.params.requestId));
    },
  );
  routes.get(
    '/v1/matches/:requestId/explain',
    {
      config,
      schema: {
        summary: 'Explain a verdict',
        description:
          'Decides the verdict again from the recorded candidates, under the list versions of that time. 403: your key sees only bands, and an explanation would reveal more.',
        params: requestIdSchema,
        response: { 200: explanationSchema },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      if (disclosure.tells(caller) !== 'distances') {
        throw new VigieError('forbidden', 'this key sees no distances, and an explanation would reveal more');
      }
      return history.explain(caller.organisation, request.params.requestId);
    },
  );
  routes.post(
    '/v1/matches/:requestId/feedback',
    {
      config,
      schema: {
        summary: 'Give feedback on a match',
        description: "Say whether the match was right. Your organisation's latest feedback on a match replaces the earlier one.",
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
