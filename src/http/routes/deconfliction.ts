import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { VigieError } from '../../domain/errors.js';
import type { Quotas } from '../../service/abuse/quotas.js';
import type { Deconfliction, SeizedItem } from '../../service/deconfliction/deconfliction.js';
import type { LongWork } from '../../service/matching/long-work.js';
import { clientLeft } from '../client-left.js';
import { callerOf } from '../hooks/access.js';
import { isNdjson } from '../hooks/admission.js';
import { framingBytes, imageOf } from '../image-body.js';
import { maxLineChars, readNdjson, tooLong } from '../ndjson.js';
import { parse, parseJson } from '../parse.js';
import {
  deconflictedSchema,
  deconflictFormSchema,
  deconflictRequestSchema,
  inquirySchema,
  maxSeizedItems,
  rapprochementRequestSchema,
  rapprochementSchema,
  seizedItemSchema,
  unreadRapprochementSchema,
} from '../schemas/deconfliction.js';

export interface DeconflictionRouteParts {
  readonly deconfliction: Deconfliction;
  readonly quotas: Quotas;
  readonly longWork: LongWork;
}

/** 10 000 items with four hashes each. */
const seizureBytes = 8 * 1024 * 1024;
/** Of all items together. Each takes as long as one of a batch. */
const maxSeizedPdq = 20_000;
const linesAtOnce = 64;
const access = ['analyst'] as const;

export function deconflictionRoutes(
  app: FastifyInstance,
  parts: DeconflictionRouteParts,
  { maxImageBytes, bodyTimeoutMs }: { readonly maxImageBytes: number; readonly bodyTimeoutMs: number },
): void {
  const { deconfliction } = parts;
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.route({
    method: 'POST',
    url: '/v1/deconflict',
    bodyLimit: maxImageBytes + framingBytes,
    config: {
      access,
      repeatable: true,
      counts: 'requests',
      takes: { json: { 'application/json': deconflictRequestSchema, 'multipart/form-data': deconflictFormSchema } },
    },
    schema: {
      summary: 'Ask who else has a picture',
      description:
        'Send JSON with hashes, or multipart/form-data with the field `image`. Vigie compares with the lists that your organisation may match or read, keeps no verdict, and writes your purpose and reference to the audit log.',
      response: { 200: deconflictedSchema },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const sent = imageOf(request, maxImageBytes);
      if (!sent) {
        const { hashes, ...inquiry } = parse(deconflictRequestSchema, request.body);
        return deconfliction.ofHashes(caller, inquiry, hashes);
      }
      const inquiry = parse(inquirySchema, Object.fromEntries(sent.fields));
      return deconfliction.ofImage(caller, inquiry, sent.image, clientLeft(reply));
    },
  });
  routes.route({
    method: 'POST',
    url: '/v1/rapprochements',
    bodyLimit: seizureBytes,
    config: {
      access,
      repeatable: true,
      counts: 'items',
      streams: true,
      jsonBytes: seizureBytes,
      takes: { json: { 'application/json': rapprochementRequestSchema, 'application/x-ndjson': seizedItemSchema } },
    },
    schema: {
      summary: 'Find the series and cases that a seizure touches',
      description: `Send up to ${maxSeizedItems} items as JSON. Or send lines of NDJSON: first \`{"purpose","reference"}\`, then one item per line. Vigie keeps no verdict, and writes your purpose and reference to the audit log.`,
      response: { 200: rapprochementSchema },
    },
    handler: async (request) => {
      const caller = callerOf(request);
      const { items, ...inquiry } = await (isNdjson(request) ? linesOf(request, bodyTimeoutMs) : documentOf(request, parts));
      refuseTooManyHashes(items);
      parts.quotas.spend(caller, items.length);
      return deconfliction.rapprochement(caller, inquiry, items);
    },
  });
}

type Seizure = z.output<typeof inquirySchema> & { readonly items: readonly SeizedItem[] };

/** Parsing 10 000 items at once would block other requests. */
async function documentOf(request: FastifyRequest, { longWork }: DeconflictionRouteParts): Promise<Seizure> {
  if (request.body === undefined) throw new VigieError('empty_body', 'the body is empty; send {"purpose","reference","items"}');
  const { items, ...inquiry } = parse(unreadRapprochementSchema, request.body);
  const slices = longWork.begin(callerOf(request).organisation);
  const all: SeizedItem[] = [];
  for (const item of items) {
    if (slices.isOver) await slices.next();
    all.push(parseAt(seizedItemSchema, item, `items.${all.length}`));
  }
  return { ...inquiry, items: all };
}

/** @throws VigieError `bad_request`, `body_timeout`. */
async function linesOf(request: FastifyRequest, idleMs: number): Promise<Seizure> {
  let inquiry: z.output<typeof inquirySchema> | undefined;
  const items: SeizedItem[] = [];
  for await (const lines of readNdjson(request.raw, linesAtOnce, idleMs)) {
    for (const line of lines) {
      const name = `line ${items.length + (inquiry ? 2 : 1)}`;
      if (line === tooLong) throw new VigieError('bad_request', `${name}: has more than ${maxLineChars} characters, the limit`);
      if (!inquiry) inquiry = parseAt(inquirySchema, parseJson(z.unknown(), line, name), name);
      else if (items.length < maxSeizedItems) items.push(parseAt(seizedItemSchema, parseJson(z.unknown(), line, name), name));
      else
        throw new VigieError('bad_request', `${name}: is one item more than ${maxSeizedItems}, the limit; send several requests`);
    }
  }
  if (inquiry && items.length > 0) return { ...inquiry, items };
  throw new VigieError('empty_body', 'send the line {"purpose","reference"}, then one item per line');
}

/** @throws VigieError `bad_request` that begins with `name`. */
function parseAt<Schema extends z.ZodType>(schema: Schema, value: unknown, name: string): z.output<Schema> {
  try {
    return parse(schema, value);
  } catch (error) {
    throw error instanceof VigieError ? new VigieError(error.code, `${name}: ${error.detail}`) : error;
  }
}

/** @throws VigieError `body_too_large`. */
function refuseTooManyHashes(items: readonly SeizedItem[]): void {
  const hashes = items.reduce((sum, { hashes: { pdq = [] } }) => sum + pdq.length, 0);
  if (hashes <= maxSeizedPdq) return;
  const detail = `items: have ${hashes} PDQ hashes together, the limit is ${maxSeizedPdq}; send several requests`;
  throw new VigieError('body_too_large', detail);
}
