import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import type { Caller } from '../../domain/key.js';
import type { Disclosed } from '../../domain/match-disclosure.js';
import type { Quotas } from '../../service/abuse/quotas.js';
import type { LongWork, Slices } from '../../service/matching/long-work.js';
import type { MatchDisclosure } from '../../service/matching/match-disclosure.js';
import type { Matcher, Verdict } from '../../service/matching/matcher.js';
import { callerOf } from '../hooks/access.js';
import { isNdjson } from '../hooks/admission.js';
import { internalDetail } from '../hooks/problems.js';
import { readNdjson } from '../ndjson.js';
import { parse, parseJson } from '../parse.js';
import type { RequestNumbers } from '../request-numbers.js';
import { batchItemSchema } from '../schemas/hashes.js';
import { batchAnswerSchema } from '../schemas/verdict.js';

export const maxItems = 1_000;
/** 1 000 items with 16 PDQ hashes take 3 MB. Parsing JSON cannot pause. */
const batchBytes = 4 * 1024 * 1024;
/** Of all items of a JSON batch. Each of 1 000 items may have 16. */
export const maxBatchPdq = 16_384;
const linesAtOnce = 64;

const batchRequestSchema = z.strictObject({ items: z.array(z.unknown()).max(maxItems, `must hold at most ${maxItems} items`) });
const idSchema = z.object({ id: z.string() });

type Result = (Disclosed<Verdict> & { readonly id: string }) | { readonly id: string | null; readonly error: ItemError };

export interface BatchParts {
  readonly matcher: Matcher;
  readonly disclosure: MatchDisclosure;
  readonly quotas: Quotas;
  readonly numbers: Pick<RequestNumbers, 'noteVerdict'>;
  readonly longWork: LongWork;
}

const batchUrl = '/v1/match/batch';

export function batchRoute(app: FastifyInstance, parts: BatchParts, idleMs: number): void {
  app.route({
    method: 'POST',
    url: batchUrl,
    bodyLimit: batchBytes,
    config: {
      access: ['platform'],
      repeatable: true,
      counts: 'items',
      streams: true,
      jsonBytes: batchBytes,
      takes: {
        json: {
          'application/json': z.strictObject({ items: z.array(batchItemSchema).max(maxItems) }),
          'application/x-ndjson': batchItemSchema,
        },
      },
    },
    schema: {
      summary: 'Match many hashes',
      description: `Send up to ${maxItems} items as JSON, or a stream of any length as NDJSON: one item per line in, one result per line out. A bad item gets an error in its place.`,
      response: { 200: batchAnswerSchema },
    },
    serializerCompiler: () => JSON.stringify,
    handler: async (request, reply) => {
      const caller = callerOf(request);
      if (isNdjson(request)) {
        parts.matcher.admit(caller);
        return reply.type('application/x-ndjson').send(Readable.from(answerLines(request, parts, caller, idleMs)));
      }
      if (request.body === undefined)
        throw new VigieError('empty_body', 'send {"items": [...]}, or lines of application/x-ndjson');
      const { items } = parse(batchRequestSchema, request.body);
      const slices = parts.longWork.begin(caller.organisation);
      await slices.next();
      const parsed = await inSlices(slices, items, (item) => itemOf(() => item));
      refuseTooManyHashes(parsed);
      parts.quotas.spend(caller, parsed.filter(isGood).length);
      const results = await answerItems(parts, caller, request.id, parsed);
      const texts = await inSlices(slices, results, (result) => Buffer.from(JSON.stringify(result)));
      return reply.type('application/json; charset=utf-8').send(joined(texts));
    },
  });
}

type GoodItem = { readonly id: string; readonly hashes: HashSet };
type Item = GoodItem | { readonly id: string | null; readonly error: ItemError };
type ItemError = { readonly code: string; readonly detail: string };

function itemOf(read: () => unknown): Item {
  let raw: unknown;
  try {
    raw = read();
    return parse(batchItemSchema, raw);
  } catch (error) {
    return { id: idSchema.safeParse(raw).data?.id ?? null, error: errorOf(error) };
  }
}

function isGood(item: Item): item is GoodItem {
  return 'hashes' in item;
}

/** A stream's HTTP status is sent before its lines are known. */
function withinQuota(quotas: Quotas, caller: Caller, item: GoodItem): Item {
  try {
    quotas.spend(caller);
    return item;
  } catch (error) {
    return { id: item.id, error: errorOf(error) };
  }
}

function errorOf(error: unknown): ItemError {
  const { code, detail } = error instanceof VigieError ? error : new VigieError('internal', internalDetail);
  return { code, detail };
}

/** @throws as `Matcher.matchMany`. */
async function answerItems(
  { matcher, disclosure, numbers, longWork }: BatchParts,
  caller: Caller,
  requestId: string,
  items: readonly Item[],
): Promise<Result[]> {
  const good = items.flatMap((item, at) => ('hashes' in item ? [{ requestId: `${requestId}-${at}`, hashes: item.hashes }] : []));
  const verdicts = (await matcher.matchMany(caller, good)).values();
  return inSlices(longWork.begin(caller.organisation), items, (item): Result => {
    if ('error' in item) return item;
    const { value } = verdicts.next();
    if (!value) throw new Error('the matcher gave fewer verdicts than items');
    numbers.noteVerdict(batchUrl, value.verdict);
    return { id: item.id, ...disclosure.disclose(caller, value, item.hashes) };
  });
}

async function inSlices<Item, Made>(slices: Slices, items: readonly Item[], make: (item: Item) => Made): Promise<Made[]> {
  const all: Made[] = [];
  for (const item of items) {
    if (slices.isOver) await slices.next();
    all.push(make(item));
  }
  return all;
}

/** @throws VigieError `body_too_large`. */
function refuseTooManyHashes(items: readonly Item[]): void {
  const hashes = items.reduce((sum, item) => sum + (isGood(item) ? (item.hashes.pdq?.length ?? 0) : 0), 0);
  if (hashes <= maxBatchPdq) return;
  throw new VigieError(
    'body_too_large',
    `items: have ${hashes} PDQ hashes together, the limit is ${maxBatchPdq}; send fewer items, or a stream of lines`,
  );
}

/** The JSON of `{"results": [...]}`. One JSON.stringify of a large answer would block every other request. */
function joined(results: readonly Buffer[]): Buffer {
  const parts = results.flatMap((result, at) => (at === 0 ? [result] : [comma, result]));
  return Buffer.concat([Buffer.from('{"results":['), ...parts, Buffer.from(']}')]);
}

const comma = Buffer.from(',');

/** Reads on only when the client has read: a stream takes little memory. */
async function* answerLines(request: FastifyRequest, parts: BatchParts, caller: Caller, idleMs: number): AsyncGenerator<string> {
  let number = 0;
  for await (const lines of readNdjson(request.raw, linesAtOnce, idleMs)) {
    const slices = parts.longWork.begin(caller.organisation);
    await slices.next();
    let line = number;
    const items = await inSlices(slices, lines, (text) => {
      const item = itemOf(() => parseJson(z.unknown(), text, `line ${++line}`));
      return isGood(item) ? withinQuota(parts.quotas, caller, item) : item;
    });
    const results = await answerItems(parts, caller, `${request.id}-${number}`, items).catch((error: unknown) => {
      // The HTTP status is already sent.
      if (!(error instanceof VigieError)) request.log.error({ reqId: request.id, err: error }, 'part of a batch failed');
      return items.map((item): Result => ('error' in item ? item : { id: item.id, error: errorOf(error) }));
    });
    for (const result of results) yield `${JSON.stringify(result)}\n`;
    number += lines.length;
  }
}
