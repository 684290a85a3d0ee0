import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { VigieError } from '../../domain/errors.js';
import {
  algorithmOfStopncii,
  type Refusal,
  type StopnciiWire,
  type SubmittedHash,
} from '../../service/stopncii/stopncii-wire.js';
import { callerOf } from '../hooks/access.js';
import { parse } from '../parse.js';
import { hashesSchema } from '../schemas/hashes.js';
import { listIdSchema } from '../schemas/list.js';
import {
  fetchedHashesSchema,
  fetchHashesQuerySchema,
  stopnciiListSchema,
  submitFeedbackSchema,
  submitHashesSchema,
  submittedFeedbackSchema,
  submittedHashesSchema,
} from '../schemas/stopncii.js';

const config = { access: ['analyst'], keyHeader: 'x-functions-key', repeatable: true } as const;
const outcomes = new Map<string, 'confirmed' | 'false_positive'>([
  ['Blocked', 'confirmed'],
  ['NotBlocked', 'false_positive'],
]);

/** `/v1/stopncii/*`: what clients of StopNCII call. */
export function stopnciiRoutes(app: FastifyInstance, stopncii: StopnciiWire): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/stopncii/FetchHashes',
    {
      config,
      schema: {
        summary: 'Fetch a list as StopNCII gives it',
        description:
          'The header Ocp-Apim-Subscription-Key names the list, and x-functions-key carries your key. 410 `feed_restart`: drop what you hold of the list, and begin with startTimestamp 10.',
        querystring: fetchHashesQuerySchema,
        response: { 200: fetchedHashesSchema },
      },
    },
    async (request) => {
      const { startTimestamp, pageSize, nextPageToken } = request.query;
      return stopncii.fetch(callerOf(request), listOf(request), {
        startTimestamp,
        pageSize,
        nextPageToken: nextPageToken || undefined,
      });
    },
  );
  routes.post(
    '/v1/stopncii/SubmitHashes',
    {
      config,
      schema: {
        summary: 'Enrol hashes as StopNCII takes them',
        description:
          'Each record is enrolled by itself: the answer names those that were refused. Sending it twice changes nothing.',
        querystring: stopnciiListSchema,
        body: submitHashesSchema,
        response: { 200: submittedHashesSchema },
      },
    },
    async (request) => {
      const { hashRecords } = request.body;
      const read = hashRecords.map(({ signalType, hashValue, CSPFeedbacks }, index) => {
        const tags = (CSPFeedbacks ?? []).flatMap((opinion) => opinion.tags ?? []).slice(0, 20);
        return { index, ...hashOf(algorithmOfStopncii(signalType), signalType, hashValue), tags };
      });
      const unread = read.flatMap(({ index, problem }) => (problem ? [{ index, ...problem }] : []));
      const good = read.flatMap(({ index, hashes, tags }) => (hashes ? [{ index, hashes, tags }] : []));
      const refusals = await stopncii.submit(callerOf(request), listOf(request), good);
      const refused = [...unread, ...refusals].sort((a, b) => a.index - b.index);
      return { count: hashRecords.length - refused.length, refused };
    },
  );
  routes.post(
    '/v1/stopncii/SubmitFeedback',
    {
      config,
      schema: {
        summary: 'Say what you decided about hashes, as StopNCII takes it',
        description: '`Blocked` confirms a hash, `NotBlocked` reports a false positive. Vigie takes note of no other value.',
        querystring: stopnciiListSchema,
        body: submitFeedbackSchema,
        response: { 200: submittedFeedbackSchema },
      },
    },
    async (request) => {
      const all = request.body.hashFeedbacks.flatMap(({ hashValue, feedbackValue, tags }, index) => {
        const algorithm = hashValue.length === 32 ? ('md5' as const) : ('pdq' as const);
        const { problem } = hashOf(algorithm, algorithm, hashValue);
        if (problem) throw new VigieError('bad_request', `hashFeedbacks.${index}: ${problem.detail}`);
        const outcome = outcomes.get(feedbackValue);
        return outcome ? [{ algorithm, hex: hashValue.toLowerCase(), outcome, tags: tags ?? [] }] : [];
      });
      return { count: await stopncii.tell(callerOf(request), listOf(request), all) };
    },
  );
}

/** @throws VigieError `bad_request`. */
function listOf({ headers, query }: FastifyRequest): string {
  const named = headers['ocp-apim-subscription-key'] ?? parse(stopnciiListSchema, query).list;
  if (named === undefined) throw new VigieError('bad_request', 'Ocp-Apim-Subscription-Key: expected the id of a list');
  const list = listIdSchema.safeParse(named);
  if (list.success) return list.data;
  throw new VigieError('bad_request', 'Ocp-Apim-Subscription-Key: expected the id of a list; your key goes in x-functions-key');
}

function hashOf(
  algorithm: 'pdq' | 'md5' | undefined,
  signalType: string,
  hashValue: string,
): Partial<Pick<SubmittedHash, 'hashes'>> & { problem?: Omit<Refusal, 'index'> } {
  if (!algorithm) {
    return {
      problem: { code: 'bad_request', detail: `signalType: ${signalType} is not matched here; use ImagePDQ or VideoMD5` },
    };
  }
  const hashes = hashesSchema.safeParse({ [algorithm]: hashValue });
  if (hashes.success) return { hashes: hashes.data };
  return { problem: { code: 'bad_request', detail: `hashValue: must be ${algorithm === 'pdq' ? 64 : 32} hexadecimal digits` } };
}
