import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { type Role, roles } from '../../domain/key.js';
import { type LegalRequest, type LegalRequestKind, stateOf } from '../../domain/legal-request.js';
import { clockOf, withMovedDeadlines } from '../../domain/legal-request-clock.js';
import { regimes } from '../../domain/regimes.js';
import type { LegalRequests } from '../../service/legal/legal-requests.js';
import { callerOf } from '../hooks/access.js';
import {
  legalRequestIdSchema,
  legalRequestPageQuerySchema,
  legalRequestPageSchema,
  legalRequestSchema,
  newLegalRequestSchema,
  outcomeSchema,
  pauseSchema,
} from '../schemas/legal-request.js';
import { regimesSchema } from '../schemas/obligation.js';

const writers = ['platform', 'operator'] as const satisfies readonly Role[];
const readers = ['platform', 'operator', 'auditor'] as const satisfies readonly Role[];

export function legalRequestRoutes(app: FastifyInstance, legalRequests: LegalRequests): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/regimes',
    {
      config: { access: roles },
      schema: {
        summary: 'List the legal regimes',
        description:
          'Deadlines and duties as configuration, not legal advice. An organisation switches regimes on; none is on by default.',
        response: { 200: regimesSchema },
      },
    },
    async () => ({ items: regimes }),
  );
  for (const kind of ['order', 'notice'] as const) {
    readRoutes(app, legalRequests, kind);
    writeRoutes(app, legalRequests, kind);
  }
}

const withArticle: Readonly<Record<LegalRequestKind, string>> = { order: 'an order', notice: 'a notice' };
const origins: Readonly<Record<LegalRequestKind, string>> = {
  order: 'An order comes from an authority.',
  notice: 'A notice comes from anybody but an authority.',
};

function readRoutes(app: FastifyInstance, legalRequests: LegalRequests, kind: LegalRequestKind): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    `/v1/${kind}s`,
    {
      config: { access: readers },
      schema: {
        summary: `List ${kind}s`,
        description: `The ${kind}s that your organisation received, oldest first.`,
        querystring: legalRequestPageQuerySchema,
        response: { 200: legalRequestPageSchema },
      },
    },
    async (request) => {
      const { items, nextCursor } = await legalRequests.page(callerOf(request), kind, request.query);
      return { items: items.map((legalRequest) => shown(legalRequest, legalRequests.clock())), nextCursor };
    },
  );
  routes.get(
    `/v1/${kind}s/:id`,
    {
      config: { access: readers },
      schema: {
        summary: `Get ${withArticle[kind]} and its clock`,
        params: legalRequestIdSchema,
        response: { 200: legalRequestSchema },
      },
    },
    async (request) => shown(await legalRequests.get(callerOf(request), kind, request.params.id), legalRequests.clock()),
  );
}

function writeRoutes(app: FastifyInstance, legalRequests: LegalRequests, kind: LegalRequestKind): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: writers };
  const changing = { params: legalRequestIdSchema, response: { 200: legalRequestSchema } };
  routes.post(
    `/v1/${kind}s`,
    {
      config,
      schema: {
        summary: `Record ${withArticle[kind]}`,
        description: `${origins[kind]} Its clock starts when your organisation received it. Later copies of the same content carry its obligations in their verdicts, if you send \`requestId\`.`,
        body: newLegalRequestSchema,
        response: { 201: legalRequestSchema },
      },
    },
    async (request, reply) => {
      const received = await legalRequests.receive(callerOf(request), kind, request.body);
      reply.code(201);
      return shown(received, legalRequests.clock());
    },
  );
  routes.post(
    `/v1/${kind}s/:id/outcome`,
    { config, schema: { summary: `Close ${withArticle[kind]} with an outcome`, body: outcomeSchema, ...changing } },
    async (request) => {
      const { params, body } = request;
      return shown(await legalRequests.close(callerOf(request), kind, params.id, body), legalRequests.clock());
    },
  );
  routes.post(
    `/v1/${kind}s/:id/pause`,
    {
      config,
      schema: {
        summary: `Pause the clock of ${withArticle[kind]}`,
        description: 'Only for a reason that the regime allows, and only before the deadline.',
        body: pauseSchema,
        ...changing,
      },
    },
    async (request) => {
      const { params, body } = request;
      return shown(await legalRequests.pause(callerOf(request), kind, params.id, body.reason), legalRequests.clock());
    },
  );
  const resuming = {
    summary: `Resume the clock of ${withArticle[kind]}`,
    description: 'The deadline moves by the length of the pause.',
    ...changing,
  };
  routes.post(`/v1/${kind}s/:id/resume`, { config, schema: resuming }, async (request) =>
    shown(await legalRequests.resume(callerOf(request), kind, request.params.id), legalRequests.clock()),
  );
}

function shown(legalRequest: LegalRequest, now: number): z.output<typeof legalRequestSchema> {
  const { organisation: _, receivedAt, pausedMs, paused, outcome, ...rest } = legalRequest;
  const { deadlineAt, remainingMs, overdue, late } = clockOf(legalRequest, now);
  return {
    ...rest,
    state: stateOf(legalRequest),
    receivedAt: iso(receivedAt),
    deadlineAt: deadlineAt === null ? null : iso(deadlineAt),
    remainingSeconds: remainingMs === null ? null : Math.floor(remainingMs / 1_000),
    overdue,
    late,
    paused: paused && { at: iso(paused.at), reason: paused.reason },
    pausedSeconds: Math.floor(pausedMs / 1_000),
    outcome: outcome && { ...outcome, at: iso(outcome.at) },
    obligations: withMovedDeadlines(legalRequest),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
