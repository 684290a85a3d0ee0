import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';
import type { Matcher, Verdict } from '../../service/match.js';
import { readLines } from '../lines.js';
import { parse, parseJson } from '../parse.js';
import { callerOf } from '../plugins/access.js';
import { isNdjson } from '../plugins/admission.js';
import { batchItemSchema } from '../schemas/hashes.js';
import { batchAnswerSchema } from '../schemas/verdict.js';

export const mostItems = 1_000;
/** 1 000 items of 16 PDQ hashes each are about 3 MB. */
const batchBytes = 8 * 1024 * 1024;
/** Items of a request matched at once: each may be two searches, and the workers' queue takes 1 024 of all requests together. */
const itemsAtOnce = 64;

const batchRequestSchema = z.strictObject({ items: z.array(z.unknown()).max(mostItems, `must hold at most ${mostItems} items`) });
const idSchema = z.object({ id: z.string() });

type Result = (Verdict & { id: string }) | { id: string | null; error: { code: string; detail: string } };

/** `POST /v1/match/batch`: many hashes in, as many answers out in the same order; a bad item spoils only itself. */
export function batchRoute(app: FastifyInstance, matcher: Matcher, idleMs: number): void {
  app.route({
    method: 'POST',
    url: '/v1/match/batch',
    bodyLimit: batchBytes,
    config: {
      access: ['platform'],
      streams: true,
      jsonBytes: batchBytes,
      takes: {
        json: {
          'application/json': z.strictObject({ items: z.array(batchItemSchema).max(mostItems) }),
          'application/x-ndjson': batchItemSchema,
        },
      },
    },
    schema: { summary: 'Match many hashes at once', response: { 200: batchAnswerSchema } },
    serializerCompiler: () => JSON.stringify,
    handler: async (request, reply) => {
      const caller = callerOf(request);
      if (isNdjson(request)) {
        matcher.admit();
        return reply.type('application/x-ndjson').send(Readable.from(answerLines(request, matcher, caller, idleMs)));
      }
      if (request.body === undefined)
        throw new VigieError('empty_body', 'send {"items": [...]}, or lines of application/x-ndjson');
      const { items } = parse(batchRequestSchema, request.body);
      return { results: await answerItems(items, (item, at) => answer(matcher, caller, `${request.id}-${at}`, () => item)) };
    },
  });
}

async function answerItems(items: readonly unknown[], work: (item: unknown, at: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let first = 0; first < items.length; first += itemsAtOnce) {
    const part = items.slice(first, first + itemsAtOnce);
    results.push(...(await Promise.all(part.map((item, at) => work(item, first + at)))));
  }
  return results;
}

/** One item's answer. What is wrong with the item is told in its place; what is wrong with the request or this node is thrown. */
async function answer(matcher: Matcher, caller: Caller, requestId: string, read: () => unknown): Promise<Result> {
  let raw: unknown;
  try {
    raw = read();
    const { id, hashes } = parse(batchItemSchema, raw);
    return { id, ...(await matcher.matchHashes(caller, requestId, hashes)) };
  } catch (error) {
    if (!(error instanceof VigieError) || error.code !== 'bad_request') throw error;
    return { id: idSchema.safeParse(raw).data?.id ?? null, error: { code: error.code, detail: error.detail } };
  }
}

/** Answers line by line; reading waits for the reader of the answers, so a stream of any length takes little memory. */
async function* answerLines(request: FastifyRequest, matcher: Matcher, caller: Caller, idleMs: number): AsyncGenerator<string> {
  let number = 0;
  for await (const lines of readLines(request.raw, itemsAtOnce, idleMs)) {
    const answers = lines.map((line) => {
      const requestId = `${request.id}-${number++}`;
      const read = () => parseJson(z.unknown(), line, `line ${number}`);
      return answer(matcher, caller, requestId, read).catch(inPlace);
    });
    for (const result of await Promise.all(answers)) yield `${JSON.stringify(result)}\n`;
  }
}

/** The status of a stream is sent already: what would refuse the whole request is told in the item's place. */
function inPlace(error: unknown): Result {
  const { code, detail } = error instanceof VigieError ? error : new VigieError('internal', 'an error that is not yours');
  return { id: null, error: { code, detail } };
}
