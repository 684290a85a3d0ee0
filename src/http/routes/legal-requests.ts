import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { type Role, roles } from '../../domain/key.js';
import { type LegalRequest, type LegalRequestKind, stateOf } from '../../domain/legal-request.js';
import { clockOf, movedObligations } from '../../domain/legal-request-clock.js';
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

/** Intake is a platform's machine or its operators; whoever audits it may look. */
const writers = ['platform', 'operator'] as const satisfies readonly Role[];
const readers = ['platform', 'operator', 'auditor'] as const satisfies readonly Role[];

/** `/v1/orders` and `/v1/notices`: what an organisation was told to remove; `/v1/regimes`: by which law. */
export function legalRequestRoutes(app: FastifyInstance, legalRequests: LegalRequests): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/regimes',
    {
      config: { access: roles },
      schema: { summary: 'Legal regimes, as data; never advice', response: { 200: regimesSchema } },
    },
    async () => ({ items: regimes }),
  );
  for (const kind of ['order', 'notice'] as const) {
    readRoutes(app, legalRequests, kind);
    writeRoutes(app, legalRequests, kind);
  }
}

function readRoutes(app: FastifyInstance, legalRequests: LegalRequests, kind: LegalRequestKind): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    `/v1/${kind}s`,
    {
      config: { access: readers },
      schema: {
        summary: `The ${kind}s your organisation received, oldest first`,
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
      schema: { summary: `One ${kind} and its clock`, params: legalRequestIdSchema, response: { 200: legalRequestSchema } },
    },
    async (request) => shown(await legalRequests.get(callerOf(request), kind, request.params.id), legalRequests.clock()),
  );
}

function writeRoutes(app: FastifyInstance, legalRequests: LegalRequests, kind: LegalRequestKind): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: writers, writes: true };
  const changing = { params: legalRequestIdSchema, response: { 200: legalRequestSchema } };
  routes.post(
    `/v1/${kind}s`,
    {
      config,
      schema: {
        summary: `Receive a ${kind}: its clock starts`,
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
    { config, schema: { summary: `Close a ${kind} with its outcome`, body: outcomeSchema, ...changing } },
    async (request) => {
      const { params, body } = request;
      return shown(await legalRequests.close(callerOf(request), kind, params.id, body), legalRequests.clock());
    },
  );
  routes.post(
    `/v1/${kind}s/:id/pause`,
    { config, schema: { summary: 'Stop its clock, where the regime allows that', body: pauseSchema, ...changing } },
    async (request) => {
      const { params, body } = request;
      return shown(await legalRequests.pause(callerOf(request), kind, params.id, body.reason), legalRequests.clock());
    },
  );
  routes.post(`/v1/${kind}s/:id/resume`, { config, schema: { summary: 'Let its clock run on', ...changing } }, async (request) =>
    shown(await legalRequests.resume(callerOf(request), kind, request.params.id), legalRequests.clock()),
  );
}

/** A demand as the API shows it, with its clock read now. */
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
    obligations: movedObligations(legalRequest),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
