import { Readable } from 'node:stream';
import { type FastifyReply, fastify } from 'fastify';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { VigieError } from '../../src/domain/errors.js';
import { installBodies } from '../../src/http/hooks/bodies.js';
import { installIdempotency } from '../../src/http/hooks/idempotency.js';
import { installProblems } from '../../src/http/hooks/problems.js';
import { Idempotency } from '../../src/service/idempotency/idempotency.js';
import { IdempotencyStore } from '../../src/store/idempotency.js';
import { silentLog } from '../service/sync/follower-parts.js';
import { platform } from '../support/callers.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database } = await openOwnDatabase();
const app = fastify();
/** What the route does next, and how often it did something. */
let work: (reply: FastifyReply) => unknown;
let done = 0;
let names = 0;

app.decorateRequest('caller', null);
app.addHook('onRequest', async (request) => {
  request.caller = platform();
});
installProblems(app);
installBodies(app);
installIdempotency(app, new Idempotency(new IdempotencyStore(database), silentLog));
for (const [url, repeatable] of [
  ['/writes', false],
  ['/reads', true],
] as const) {
  app.post(url, { config: { access: 'public', repeatable } }, async (_request, reply) => {
    done++;
    return work(reply);
  });
}
afterAll(() => app.close());

beforeEach(() => {
  [done, names] = [0, names + 1];
  work = (reply) => reply.code(201).send({ done });
});

const send = (url = '/writes') =>
  app.inject({ method: 'POST', url, headers: { 'idempotency-key': `name-${names}` }, payload: { some: 'thing' } });
const fail = (error: Error) => {
  work = () => {
    throw error;
  };
};

describe('a write that is sent twice', () => {
  it('is done once', async () => {
    const answers = [await send(), await send()];
    expect([done, ...answers.map(({ statusCode, body }) => [statusCode, body])]).toEqual([
      1,
      [201, '{"done":1}'],
      [201, '{"done":1}'],
    ]);
  });

  it.each([
    ['failed', new Error('broken')],
    ['found the database away', new VigieError('database_unavailable', 'away', 5)],
    ['was too much at once', new VigieError('too_many_requests', 'too many')],
    ['was refused for now', new VigieError('conflict', 'not yet', 1)],
  ])('is done again where the first %s', async (_, error) => {
    fail(error);
    expect((await send()).statusCode).toBeGreaterThanOrEqual(400);
    work = (reply) => reply.code(201).send({ done });
    expect((await send()).body).toBe('{"done":2}');
  });

  it('is refused again where the first was refused for good', async () => {
    fail(new VigieError('conflict', 'it stands already'));
    const first = await send();
    work = (reply) => reply.code(201).send({ done });
    const again = await send();
    expect([first.statusCode, again.statusCode, again.body, done]).toEqual([409, 409, first.body, 1]);
  });

  it('without a body in its answer is answered without one', async () => {
    work = (reply) => reply.code(204).send();
    expect([await send(), await send()].map(({ statusCode, body }) => [statusCode, body])).toEqual([
      [204, ''],
      [204, ''],
    ]);
    expect(done).toBe(1);
  });

  it('is done again where the answer was a stream, which is not kept', async () => {
    work = (reply) => reply.type('text/csv').send(Readable.from(['a,b']));
    await send();
    await send();
    expect(done).toBe(2);
  });
});

describe('a repeatable POST', () => {
  it('is done each time and ignores the key', async () => {
    expect([(await send('/reads')).body, (await send('/reads')).body]).toEqual(['{"done":1}', '{"done":2}']);
  });
});
