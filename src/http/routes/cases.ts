import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { HelpCase } from '../../domain/help-case.js';
import { actorOf } from '../../domain/key.js';
import type { CaseOrigin, Cases } from '../../service/cases/cases.js';
import { ClientAddresses } from '../client-address.js';
import { callerOf } from '../hooks/access.js';
import { caseKeySchema, caseRequestSchema, caseStatusSchema, caseWithdrawalSchema, openedCaseSchema } from '../schemas/case.js';

/** 100 files with as many hashes as a request may have. */
const jsonBytes = 1024 * 1024;

/** Without a key. The number and the PIN are in bodies only, because URLs end up in logs. */
export function caseRoutes(
  app: FastifyInstance,
  { cases, opensCases }: { readonly cases: Cases; readonly opensCases: boolean },
  trustedProxies: readonly string[],
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const addresses = new ClientAddresses(trustedProxies, app.log);
  const addressOf = (request: FastifyRequest) => addresses.of(request);
  const config = { access: 'public', repeatable: true } as const;
  if (opensCases) openingRoutes(app, cases, addressOf);
  routes.post(
    '/v1/cases/status',
    {
      config,
      schema: {
        summary: 'See what became of a case',
        description:
          'An unknown number and a wrong PIN get the same answer. Wrong tries lock the number and the address for a time.',
        body: caseKeySchema,
        response: { 200: caseStatusSchema },
      },
    },
    async (request) => {
      const { caseNumber: number, pin } = request.body;
      return shown(await cases.status({ number, pin }, addressOf(request)));
    },
  );
  routes.post(
    '/v1/cases/withdraw',
    {
      config,
      schema: {
        summary: 'Withdraw files of a case',
        description:
          'All files, or some of them. What nobody else lists stops matching on every node within a second, and its hashes are deleted for good.',
        body: caseWithdrawalSchema,
        response: { 200: caseStatusSchema },
      },
    },
    async (request) => {
      const { caseNumber: number, pin, files } = request.body;
      return shown(await cases.withdraw({ number, pin }, files, addressOf(request)));
    },
  );
}

function openingRoutes(app: FastifyInstance, cases: Cases, addressOf: (request: FastifyRequest) => string): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const answer = { body: caseRequestSchema, response: { 201: openedCaseSchema } };
  routes.post(
    '/v1/cases',
    {
      bodyLimit: jsonBytes,
      config: { access: 'public', repeatable: true, jsonBytes },
      schema: {
        summary: 'Open a case',
        description:
          'For a person who is in pictures. Send hashes that were computed on their device. The pictures become drafts, so platforms hold what matches. 428: solve the challenge, and send the same body with `proof`.',
        ...answer,
      },
    },
    async (request, reply) => {
      reply.code(201);
      return open(cases, request.body, { address: addressOf(request) });
    },
  );
  routes.post(
    '/v1/cases/assisted',
    {
      bodyLimit: jsonBytes,
      config: { access: ['flagger'], repeatable: true, jsonBytes },
      schema: {
        summary: 'Open a case together with the person',
        description: 'For helplines, without quota and proof of work. The person chooses the PIN and keeps the case number.',
        ...answer,
      },
    },
    async (request, reply) => {
      reply.code(201);
      return open(cases, request.body, { helpline: actorOf(callerOf(request)) });
    },
  );
}

async function open(cases: Cases, body: z.output<typeof caseRequestSchema>, origin: CaseOrigin) {
  const { statements: _, request = randomUUID(), ...asked } = body;
  const { caseNumber, openedAt, files } = await cases.open({ ...asked, request }, origin);
  return { caseNumber, openedAt: openedAt.toISOString(), files: files.map(({ platforms: _, ...file }) => file) };
}

function shown({ openedAt, closedAt, files }: HelpCase) {
  return { openedAt: openedAt.toISOString(), closedAt: closedAt?.toISOString() ?? null, files: [...files] };
}
