import { fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestNumbers } from '../../../src/http/request-numbers.js';
import { batchRoute } from '../../../src/http/routes/batch.js';
import { batchAnswerSchema } from '../../../src/http/schemas/verdict.js';
import { startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { Quotas } from '../../../src/service/abuse/quotas.js';
import { ImageHasher } from '../../../src/service/matching/image-hasher.js';
import { LongWork } from '../../../src/service/matching/long-work.js';
import { Matcher } from '../../../src/service/matching/matcher.js';
import { VerdictLog } from '../../../src/service/matching/verdict-log.js';
import { VerdictStore } from '../../../src/store/verdicts.js';
import { factsOf, hashOf } from '../../index/entries.js';
import { platform, tellAll } from '../../support/callers.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { openOwnDatabase } from '../../support/own-database.js';
import { makeNode, matching, silentLog } from '../sync/follower-parts.js';

const own = await openOwnDatabase();
const workers = await startIndexWorkerPool(2);
const node = makeNode(own, workers);
const random = randomFrom(67);
const app = fastify();

afterAll(async () => {
  await app.close();
  await node.follower.close();
  await workers.close();
});

beforeAll(async () => {
  await node.follower.start();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request) => {
    request.caller = platform();
  });
  const hasher = new ImageHasher({ hash: async () => ({ unscannable: 'truncated' }), assertRoom() {} }, workers);
  const longWork = new LongWork();
  const matcher = new Matcher({
    ...node,
    ...matching(node),
    hasher,
    longWork,
    verdictLog: new VerdictLog(new VerdictStore(own.database), silentLog),
  });
  const numbers = new RequestNumbers();
  batchRoute(app, { matcher, disclosure: tellAll(), quotas: new Quotas({ minute: 0, day: 0 }), numbers, longWork }, 1_000);
});

describe('the largest batch, against more hashes than the main thread searches itself', () => {
  it('is answered in order', async () => {
    const hexes = Array.from({ length: 66_000 }, () => randomHash(random));
    for (const [at, hex] of hexes.entries()) {
      const hashes = [hashOf(2 * at + 1, 'pdq', hex), hashOf(2 * at + 2, 'blockhash', hex)];
      node.index.add({ ...factsOf(at + 1), hashes });
    }
    // Two hashes per item: 2 000 searches, and the queue of a worker holds 1 024.
    const items = Array.from({ length: 1_000 }, (_, at) => ({
      id: `item ${at}`,
      hashes: { pdq: hexes[at * 66], quality: 100, blockhash: hexes[at * 66] },
    }));
    const response = await app.inject({ method: 'POST', url: '/v1/match/batch', payload: { items } });
    expect(response.statusCode).toBe(200);
    const { results } = batchAnswerSchema.parse(response.json());
    expect(results.map((one) => [one.id, 'matches' in one && one.matches[0]?.entry])).toEqual(
      items.map(({ id }, at) => [id, factsOf(at * 66 + 1).id]),
    );
  });
});
