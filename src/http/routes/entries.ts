import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Entry } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import { actorOf } from '../../domain/key.js';
import type { Enrolled, Enroller, Enrolment, EntryRequest } from '../../service/entries/enrolment.js';
import type { Previews } from '../../service/entries/enrolment-preview.js';
import type { EntryReader } from '../../service/entries/entry-reader.js';
import { clientLeft } from '../client-left.js';
import { callerOf } from '../hooks/access.js';
import { framingBytes, imageOf } from '../image-body.js';
import { parse, parseJson } from '../parse.js';
import {
  entryFieldSchema,
  entryIdSchema,
  entryPageQuerySchema,
  entryPageSchema,
  entryRequestSchema,
  entrySchema,
  historySchema,
  neighboursQuerySchema,
  neighboursSchema,
  previewSchema,
  receiptSchema,
} from '../schemas/entry.js';

export interface EntryRouteParts {
  readonly entries: EntryReader;
  readonly previews: Previews;
  readonly enrolment: Enrolment;
  readonly maxImageBytes: number;
}

const formSchema = z.strictObject({ image: z.string().meta({ format: 'binary' }), entry: entryFieldSchema });

export function entryRoutes(app: FastifyInstance, parts: EntryRouteParts): void {
  const { entries } = parts;
  const access = ['analyst', 'reviewer'] as const;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  createRoute(app, parts);
  previewRoute(app, parts);
  routes.get(
    '/v1/entries',
    {
      config: { access },
      schema: {
        summary: 'List entries',
        description: 'Entries of the lists that your organisation may read, oldest first.',
        querystring: entryPageQuerySchema,
        response: { 200: entryPageSchema },
      },
    },
    async (request) => entries.page(callerOf(request).organisation, request.query),
  );
  routes.get(
    '/v1/entries/:id',
    { config: { access }, schema: { summary: 'Get an entry', params: entryIdSchema, response: { 200: entrySchema } } },
    async (request) => entries.get(callerOf(request).organisation, request.params.id),
  );
  routes.get(
    '/v1/entries/:id/history',
    {
      config: { access },
      schema: {
        summary: 'Get the history of an entry',
        description: 'Who changed the entry, when and why, oldest first. The enrolment itself is not an event.',
        params: entryIdSchema,
        response: { 200: historySchema },
      },
    },
    async (request) => {
      const { items } = await entries.history(callerOf(request).organisation, request.params.id);
      return { items: items.map((line) => ({ ...line, at: line.at.toISOString() })) };
    },
  );
  routes.get(
    '/v1/entries/:id/neighbours',
    {
      config: { access },
      schema: {
        summary: 'Find entries with a similar image',
        description:
          'Nearest first, from the lists that your organisation may read. The search is approximate and may miss entries; verdicts never use it.',
        params: entryIdSchema,
        querystring: neighboursQuerySchema,
        response: { 200: neighboursSchema },
      },
    },
    async (request) => {
      const { radius, limit } = request.query;
      return entries.neighbours(callerOf(request).organisation, request.params.id, radius, limit);
    },
  );
}

const tellsOfEntry: ReadonlySet<number> = new Set([200, 201, 409]);

function enrollerOf(request: FastifyRequest): Enroller {
  const caller = callerOf(request);
  return { actor: actorOf(caller), flagger: caller.role === 'flagger' };
}

const takes = { json: { 'application/json': entryRequestSchema, 'multipart/form-data': formSchema } };

function createRoute(app: FastifyInstance, { enrolment, maxImageBytes }: EntryRouteParts): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/v1/entries',
    bodyLimit: maxImageBytes + framingBytes,
    config: {
      access: ['analyst', 'flagger'],
      takes,
      async mayReplay(request, status) {
        const { entry } = await entryOf(request, maxImageBytes);
        enrolment.assertMaySeeAnswer(enrollerOf(request), entry.list, tellsOfEntry.has(status));
      },
    },
    schema: {
      summary: 'Enrol an image or its hashes',
      description:
        'Send multipart/form-data with an image and the field `entry`, or JSON with hashes. 201: a new entry. 200: the list already holds the same content. 202: your key may not read the list, so the receipt does not tell which of the two happened.',
      response: { 200: entrySchema, 201: entrySchema, 202: receiptSchema },
    },
    handler: async (request, reply): Promise<Entry | { receipt: string }> => {
      const enroller = enrollerOf(request);
      const sent = await entryOf(request, maxImageBytes);
      const enrolled = await enrol(enrolment, enroller, sent, clientLeft(reply));
      if (!enrolled || !enrolment.mayRead(enroller, sent.entry.list)) return acknowledge(reply);
      const { entry, created } = enrolled;
      reply.code(created ? 201 : 200);
      return entry;
    },
  });
}

function previewRoute(app: FastifyInstance, { previews, maxImageBytes }: EntryRouteParts): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/v1/entries/preview',
    bodyLimit: maxImageBytes + framingBytes,
    config: { access: ['analyst'], repeatable: true, takes },
    schema: {
      summary: 'Preview what an entry would match',
      description: 'Takes the same body as POST /v1/entries, but enrols nothing.',
      response: { 200: previewSchema },
    },
    handler: async (request, reply) => {
      const { organisation } = callerOf(request);
      const sent = await entryOf(request, maxImageBytes);
      const { list } = sent.entry;
      if ('image' in sent) return previews.ofImage(organisation, list, sent.image, clientLeft(reply));
      return previews.ofHashes(organisation, list, sent.hashes);
    },
  });
}

type SentEntry = { readonly entry: EntryRequest } & ({ readonly image: Buffer } | { readonly hashes: HashSet });

async function entryOf(request: FastifyRequest, maxImageBytes: number): Promise<SentEntry> {
  const sent = imageOf(request, maxImageBytes);
  if (!sent) {
    const { hashes, ...entry } = parse(entryRequestSchema, request.body);
    return { entry: given(entry), hashes };
  }
  const field = sent.fields.get('entry');
  if (field === undefined)
    throw new VigieError('bad_request', 'entry: is missing; send multipart/form-data with the fields image and entry');
  return { entry: given(parseJson(entryFieldSchema, field, 'entry')), image: sent.image };
}

/** An undefined field would not take its default. */
function given(entry: z.output<typeof entryFieldSchema>): EntryRequest {
  const { list, class: contentClass, provenance, sourceCodes, series, synthetic, expiresAt, despiteWithdrawal } = entry;
  return {
    list,
    ...(contentClass && { class: contentClass }),
    ...(provenance && { provenance }),
    ...(sourceCodes && { sourceCodes }),
    ...(series && { series }),
    ...(synthetic && { synthetic }),
    ...(expiresAt && { expiresAt }),
    ...(despiteWithdrawal && { despiteWithdrawal }),
  };
}

/** Undefined on a conflict, if the enroller must not learn what the list holds or held. */
async function enrol(
  enrolment: Enrolment,
  enroller: Enroller,
  sent: SentEntry,
  signal: AbortSignal,
): Promise<Enrolled | undefined> {
  try {
    if ('image' in sent) return await enrolment.enrolImage(enroller, sent.entry, sent.image, signal);
    return await enrolment.enrolHashes(enroller, sent.entry, sent.hashes);
  } catch (error) {
    const isConflict = error instanceof VigieError && error.code === 'conflict';
    if (isConflict && !enrolment.mayRead(enroller, sent.entry.list)) return undefined;
    throw error;
  }
}

/** The caller must not learn whether the entry is new. */
function acknowledge(reply: FastifyReply): { receipt: string } {
  reply.code(202);
  return { receipt: `rcp_${randomUUID().replaceAll('-', '')}` };
}
