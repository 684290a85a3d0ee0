import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Entry } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { Enrolled, Enrolment } from '../../service/enrol.js';
import type { Entries } from '../../service/entries.js';
import { framingBytes, imageOf } from '../image-body.js';
import { parse, parseJson } from '../parse.js';
import { callerOf } from '../plugins/access.js';
import {
  entryFieldSchema,
  entryIdSchema,
  entryPageQuerySchema,
  entryPageSchema,
  entryRequestSchema,
  entrySchema,
  neighboursQuerySchema,
  neighboursSchema,
  receiptSchema,
  withdrawSchema,
} from '../schemas/entry.js';

export interface EntryRouteParts {
  readonly entries: Entries;
  readonly enrolment: Enrolment;
  readonly maxImageBytes: number;
}

const formSchema = z.strictObject({ image: z.string().meta({ format: 'binary' }), entry: entryFieldSchema });

/** `/v1/entries`: what analysts enrol, look at and withdraw. */
export function entryRoutes(app: FastifyInstance, parts: EntryRouteParts): void {
  const { entries } = parts;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  createRoute(app, parts);
  routes.get(
    '/v1/entries',
    {
      config: { access: ['analyst'] },
      schema: { summary: 'List entries, oldest first', querystring: entryPageQuerySchema, response: { 200: entryPageSchema } },
    },
    async ({ query }) => entries.page(query),
  );
  routes.get(
    '/v1/entries/:id',
    { config: { access: ['analyst'] }, schema: { summary: 'One entry', params: entryIdSchema, response: { 200: entrySchema } } },
    async ({ params }) => entries.get(params.id),
  );
  routes.get(
    '/v1/entries/:id/neighbours',
    {
      config: { access: ['analyst'] },
      schema: {
        summary: 'Entries whose picture looks like this one (approximate; never decides a verdict)',
        params: entryIdSchema,
        querystring: neighboursQuerySchema,
        response: { 200: neighboursSchema },
      },
    },
    async ({ params, query }) => entries.neighbours(params.id, query.radius, query.limit),
  );
  routes.post(
    '/v1/entries/:id/withdraw',
    {
      config: { access: ['analyst'], writes: true },
      schema: { summary: "End an entry's matching", params: entryIdSchema, body: withdrawSchema, response: { 200: entrySchema } },
    },
    async ({ params, body }) => entries.withdraw(params.id, body.reason),
  );
}

function createRoute(app: FastifyInstance, { enrolment, maxImageBytes }: EntryRouteParts): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/v1/entries',
    bodyLimit: maxImageBytes + framingBytes,
    config: {
      access: ['analyst', 'flagger'],
      writes: true,
      takes: { json: { 'application/json': entryRequestSchema, 'multipart/form-data': formSchema } },
    },
    schema: { summary: 'Enrol an image or its hashes', response: { 200: entrySchema, 201: entrySchema, 202: receiptSchema } },
    handler: async (request, reply): Promise<Entry | { receipt: string }> => {
      const caller = callerOf(request);
      const { entry, created } = await enrol(request, enrolment, maxImageBytes);
      if (caller.role === 'flagger') return acknowledge(reply);
      reply.code(created ? 201 : 200);
      return entry;
    },
  });
}

async function enrol(request: FastifyRequest, enrolment: Enrolment, maxImageBytes: number): Promise<Enrolled> {
  const caller = callerOf(request);
  const sent = await imageOf(request, maxImageBytes);
  if (!sent) {
    const { hashes, ...entry } = parse(entryRequestSchema, request.body);
    return enrolment.enrolHashes(caller, entry, hashes);
  }
  const field = sent.fields.get('entry');
  if (field === undefined) throw new VigieError('bad_request', 'entry: send multipart/form-data with the fields image and entry');
  return enrolment.enrolImage(caller, parseJson(entryFieldSchema, field, 'entry'), sent.image, request.signal);
}

/** Flaggers never learn what a list holds: a new entry and a standing one look the same. */
function acknowledge(reply: FastifyReply): { receipt: string } {
  reply.code(202);
  return { receipt: `rcp_${randomUUID().replaceAll('-', '')}` };
}
