import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { type Demand, type DemandKind, stateOf } from '../../domain/legal-request.js';
import { clockOf, movedObligations } from '../../domain/legal-request-clock.js';
import { type Role, roles } from '../../domain/key.js';
import { regimes } from '../../domain/regimes.js';
import type { Demands } from '../../service/legal/legal-requests.js';
import { callerOf } from '../hooks/access.js';
import {
  demandIdSchema,
  demandPageQuerySchema,
  demandPageSchema,
  demandSchema,
  newDemandSchema,
  outcomeSchema,
  pauseSchema,
} from '../schemas/legal-request.js';
import { regimesSchema } from '../schemas/obligation.js';

/** Intake is a platform's machine or its operators; whoever audits it may look. */
const writers = ['platform', 'operator'] as const satisfies readonly Role[];
const readers = ['platform', 'operator', 'auditor'] as const satisfies readonly Role[];

/** `/v1/orders` and `/v1/notices`: what an organisation was told to remove; `/v1/regimes`: by which law. */
export function demandRoutes(app: FastifyInstance, demands: Demands): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/regimes',
    {
      config: { access: roles },
      schema: { summary: 'Legal regimes, as data; never advice', response: { 200: regimesSchema } },
    },
    async () => ({ items: regimes }),
  );
  for (const kind of ['order', 'notice'] as const) {
    readRoutes(app, demands, kind);
    writeRoutes(app, demands, kind);
  }
}

function readRoutes(app: FastifyInstance, demands: Demands, kind: DemandKind): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    `/v1/${kind}s`,
    {
      config: { access: readers },
      schema: {
        summary: `The ${kind}s your organisation received, oldest first`,
        querystring: demandPageQuerySchema,
        response: { 200: demandPageSchema },
      },
    },
    async (request) => {
      const { items, nextCursor } = await demands.page(callerOf(request), kind, request.query);
      return { items: items.map((demand) => shown(demand, demands.clock())), nextCursor };
    },
  );
  routes.get(
    `/v1/${kind}s/:id`,
    {
      config: { access: readers },
      schema: { summary: `One ${kind} and its clock`, params: demandIdSchema, response: { 200: demandSchema } },
    },
    async (request) => shown(await demands.get(callerOf(request), kind, request.params.id), demands.clock()),
  );
}

function writeRoutes(app: FastifyInstance, demands: Demands, kind: DemandKind): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: writers, writes: true };
  const changing = { params: demandIdSchema, response: { 200: demandSchema } };
  routes.post(
    `/v1/${kind}s`,
    {
      config,
      schema: { summary: `Receive a ${kind}: its clock starts`, body: newDemandSchema, response: { 201: demandSchema } },
    },
    async (request, reply) => {
      const received = await demands.receive(callerOf(request), kind, request.body);
      reply.code(201);
      return shown(received, demands.clock());
    },
  );
  routes.post(
    `/v1/${kind}s/:id/outcome`,
    { config, schema: { summary: `Close a ${kind} with its outcome`, body: outcomeSchema, ...changing } },
    async (request) => {
      const { params, body } = request;
      return shown(await demands.close(callerOf(request), kind, params.id, body), demands.clock());
    },
  );
  routes.post(
    `/v1/${kind}s/:id/pause`,
    { config, schema: { summary: 'Stop its clock, where the regime allows that', body: pauseSchema, ...changing } },
    async (request) => {
      const { params, body } = request;
      return shown(await demands.pause(callerOf(request), kind, params.id, body.reason), demands.clock());
    },
  );
  routes.post(`/v1/${kind}s/:id/resume`, { config, schema: { summary: 'Let its clock run on', ...changing } }, async (request) =>
    shown(await demands.resume(callerOf(request), kind, request.params.id), demands.clock()),
  );
}

/** A demand as the API shows it, with its clock read now. */
function shown(demand: Demand, now: number): z.output<typeof demandSchema> {
  const { organisation: _, receivedAt, pausedMs, paused, outcome, ...rest } = demand;
  const { deadlineAt, remainingMs, overdue, late } = clockOf(demand, now);
  return {
    ...rest,
    state: stateOf(demand),
    receivedAt: iso(receivedAt),
    deadlineAt: deadlineAt === null ? null : iso(deadlineAt),
    remainingSeconds: remainingMs === null ? null : Math.floor(remainingMs / 1_000),
    overdue,
    late,
    paused: paused && { at: iso(paused.at), reason: paused.reason },
    pausedSeconds: Math.floor(pausedMs / 1_000),
    outcome: outcome && { ...outcome, at: iso(outcome.at) },
    obligations: movedObligations(demand),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
