import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type BatchItem, isHidden, type ManyOptions, type ManyResult, Vigie, type VigieOptions } from '../../src/client/index.js';
import { faultServer, json, listening, noMatch, nowhere, problem, reset } from '../support/fault-server.js';

const md5 = '0'.repeat(32);
const key = `vig_testkey_${'5'.repeat(64)}`;

function clientOf(url: string, options: Partial<VigieOptions> = {}): Vigie {
  return new Vigie({ url, key, backoffMs: 1, ...options });
}

function itemsTo(count: number): BatchItem[] {
  return Array.from({ length: count }, (_, number) => ({ id: `item ${number}`, hashes: { md5 } }));
}

async function collect(results: AsyncIterable<ManyResult>): Promise<ManyResult[]> {
  const all: ManyResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

const outcomes = (results: readonly ManyResult[]) =>
  results.map((result) => `${result.id} ${result.verdict === 'unavailable' ? result.reason : result.verdict}`);

const none = (id: string) => `${JSON.stringify({ id, ...noMatch })}\n`;
const error = (id: string | null, code: string) => `${JSON.stringify({ id, error: { code, detail: `about ${code}` } })}\n`;

/** Answers each line as it arrives with what `answer` makes of its id, request by request. Null breaks the connection. */
async function lineServer(answer: (id: string, request: number) => string | null) {
  let requests = 0;
  const received: string[] = [];
  const { url } = await listening((request, response) => {
    const number = requests++;
    let rest = '';
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { id } = JSON.parse(line);
        received.push(id);
        const text = answer(id, number);
        if (text === null) return response.socket?.resetAndDestroy();
        response.write(text);
      }
      return undefined;
    });
    request.on('end', () => response.end());
  });
  return { url, received, requests: () => requests };
}

describe.each<[string, ManyOptions]>([
  ['a stream', {}],
  ['requests of 3 items', { chunk: 3 }],
])('matchMany with %s', (_what, how) => {
  it('yields one result per item, in their order', async () => {
    const server = await lineServer((id) => none(id));
    const results = await collect(clientOf(server.url).matchMany(itemsTo(8), how));
    expect(outcomes(results)).toEqual(itemsTo(8).map(({ id }) => `${id} no_known_match`));
    expect(server.requests()).toBe(how.chunk ? 3 : 1);
  });

  it('yields nothing for no items, and asks nobody', async () => {
    expect(await collect(clientOf(await nowhere()).matchMany([], how))).toEqual([]);
  });

  it('yields what the service says about an item that is wrong, and goes on', async () => {
    const answers = [
      none('item 0'),
      error('item 1', 'bad_request'),
      error(null, 'bad_request'),
      error('item 3', 'too_many_requests'),
    ];
    const server = await lineServer((id) => answers[Number(id.slice(5))] ?? none(id));
    const results = await collect(clientOf(server.url).matchMany(itemsTo(5), how));
    expect(outcomes(results)).toEqual([
      'item 0 no_known_match',
      'item 1 refused',
      'item 2 refused',
      'item 3 quota',
      'item 4 no_known_match',
    ]);
    expect(results.map(isHidden)).toEqual([false, true, true, true, false]);
  });

  it('holds an item with a verdict that it does not know', async () => {
    const server = await lineServer((id) => `${JSON.stringify({ id, ...noMatch, verdict: 'blur' })}\n`);
    const [result] = await collect(clientOf(server.url).matchMany(itemsTo(1), how));
    expect(result).toMatchObject({ id: 'item 0', verdict: 'hold_for_review', unknownVerdict: 'blur' });
  });

  it('continues with a new request where a connection broke', async () => {
    const server = await lineServer((id, request) => (request === 0 && id === 'item 4' ? null : none(id)));
    const results = await collect(clientOf(server.url).matchMany(itemsTo(8), how));
    expect(outcomes(results)).toEqual(itemsTo(8).map(({ id }) => `${id} no_known_match`));
  });

  it('gives every remaining item back as unavailable when the service stays away', async () => {
    const server = await lineServer((id) => (id === 'item 4' ? null : none(id)));
    const results = await collect(clientOf(server.url, { retries: 1 }).matchMany(itemsTo(8), how));
    expect(results.map(({ id }) => id)).toEqual(itemsTo(8).map(({ id }) => id));
    expect(outcomes(results).slice(4)).toEqual(['item 4 network', 'item 5 network', 'item 6 network', 'item 7 network']);
  });

  it.each([
    ['nothing listens', nowhere, 'network'],
    ['the connection is reset', async () => (await faultServer(reset)).url, 'network'],
    ['the service answers 503', async () => (await faultServer(problem(503, 'overloaded'))).url, 'server'],
    [
      'the service asks for a long wait',
      async () => (await faultServer(problem(429, 'q', { 'retry-after': '60' }))).url,
      'quota',
    ],
    ['the answer is garbage', async () => (await faultServer((r) => r.end('<html>\n<body>\n'))).url, 'bad_answer'],
    ['the answer is a line without an end', async () => (await faultServer((r) => r.end('x'.repeat(2 ** 21)))).url, 'network'],
    ['the answer is no line for these items', async () => (await faultServer(json(200, noMatch))).url, 'bad_answer'],
    ['the answer names another item', async () => (await lineServer(() => none('item 9'))).url, 'bad_answer'],
    ['the answer ends early', async () => (await faultServer((r) => r.end())).url, 'network'],
    ['the stream ends with an error', async () => (await lineServer(() => error(null, 'internal'))).url, 'server'],
  ])('yields unavailable for every item when %s', async (_fault, start, reason) => {
    const results = await collect(clientOf(await start(), { retries: 1 }).matchMany(itemsTo(4), how));
    expect(outcomes(results)).toEqual(itemsTo(4).map(({ id }) => `${id} ${reason}`));
    expect(results.every(isHidden)).toBe(true);
  });

  it.each([
    ['before', () => {}],
    ['within', (response: ServerResponse) => response.writeHead(200).flushHeaders()],
  ])('yields unavailable for every item when the service is silent %s its answer', async (_when, answer) => {
    const { url } = await listening((_request, response) => answer(response));
    const results = await collect(clientOf(url, { timeoutMs: 40 }).matchMany(itemsTo(4), how));
    expect(outcomes(results)).toEqual(itemsTo(4).map(({ id }) => `${id} timeout`));
  });

  it('continues with a new request after a silence', async () => {
    const server = await lineServer((id, request) => (request === 0 ? '' : none(id)));
    const results = await collect(clientOf(server.url, { timeoutMs: 150, retries: 9 }).matchMany(itemsTo(2), how));
    expect(outcomes(results)).toEqual(['item 0 no_known_match', 'item 1 no_known_match']);
  });

  it('ends when the caller aborts while the service is away and no further item comes', async () => {
    const controller = new AbortController();
    const items = (async function* () {
      yield* itemsTo(3);
      setImmediate(() => controller.abort());
      await new Promise(() => {});
    })();
    const options = { ...how, chunk: how.chunk && 2, signal: controller.signal };
    const seen = await collect(clientOf(await nowhere(), { retries: 0 }).matchMany(items, options));
    expect(seen.every(isHidden)).toBe(true);
    expect(seen.map(({ id }) => id)).toEqual(itemsTo(3).map(({ id }) => id));
  });

  it('throws what the caller throws into it, and asks no more', async () => {
    const server = await lineServer((id) => none(id));
    const results = clientOf(server.url).matchMany(itemsTo(3), how);
    await results.next();
    await expect(results.throw(new Error('the disk is full'))).rejects.toThrow('the disk is full');
    expect([(await results.next()).done, server.requests()]).toEqual([true, 1]);
  });

  it.each([401, 403])('throws %i, for the request as a whole', async (status) => {
    const server = await faultServer(problem(status, 'refused'));
    await expect(collect(clientOf(server.url).matchMany(itemsTo(2), how))).rejects.toMatchObject({ name: 'VigieError', status });
  });

  it.each([
    ['', () => false],
    [', although the connection broke meanwhile', (id: string, request: number) => id === 'item 1' && request === 0],
  ])('throws what the items throw, after the results of those before%s', async (_when, breaks) => {
    const server = await lineServer((id, request) => (breaks(id, request) ? null : none(id)));
    const seen: string[] = [];
    const broken = (async function* () {
      yield* itemsTo(2);
      throw new Error('the database is gone');
    })();
    const run = async () => {
      for await (const { id } of clientOf(server.url).matchMany(broken, how)) seen.push(id);
    };
    await expect(run()).rejects.toThrow('the database is gone');
    expect(seen).toEqual(['item 0', 'item 1']);
  });

  it.each([
    ['undefined', undefined],
    ['no text as its id', { id: 7, hashes: { md5 } }],
    ['hashes that are no JSON', { id: 'item 2', hashes: { quality: 1n } }],
  ])('throws for an item that has %s, and loses none of those before', async (_item, wrong) => {
    const server = await lineServer((id) => none(id));
    const seen: string[] = [];
    const run = async () => {
      for await (const { id } of clientOf(server.url).matchMany(
        // As a caller without types would.
        [...itemsTo(2), wrong as unknown as BatchItem, ...itemsTo(1)],
        how,
      ))
        seen.push(id);
    };
    await expect(run()).rejects.toThrow(TypeError);
    expect(seen).toEqual(['item 0', 'item 1']);
  });

  it('ends the items when the caller has enough', async () => {
    const server = await lineServer((id) => none(id));
    let ended = false;
    const items = (async function* () {
      try {
        yield* itemsTo(20);
      } finally {
        ended = true;
      }
    })();
    for await (const _ of clientOf(server.url).matchMany(items, how)) break;
    await expect.poll(() => ended).toBe(true);
  });

  it('gives back what was sent when the caller aborts, and takes no more items', async () => {
    const controller = new AbortController();
    const server = await lineServer((id) => (id === 'item 2' ? none('item 0') : ''));
    const results: ManyResult[] = [];
    for await (const result of clientOf(server.url).matchMany(itemsTo(3), { ...how, signal: controller.signal })) {
      results.push(result);
      controller.abort();
    }
    expect(outcomes(results)).toEqual(['item 0 no_known_match', 'item 1 aborted', 'item 2 aborted']);
  });
});

it('matchMany in requests gives back what it collected when the caller aborts', async () => {
  const controller = new AbortController();
  const items = (async function* () {
    yield* itemsTo(2);
    controller.abort();
    await new Promise(() => {});
  })();
  const results = await collect(clientOf(await nowhere()).matchMany(items, { chunk: 3, signal: controller.signal }));
  expect(outcomes(results)).toEqual(['item 0 aborted', 'item 1 aborted']);
});

describe('matchMany with a stream', () => {
  it('answers an item before the next one exists', async () => {
    const server = await lineServer((id) => none(id));
    let give = () => {};
    const items = (async function* () {
      for (const item of itemsTo(3)) {
        yield item;
        await new Promise<void>((resolve) => {
          give = resolve;
        });
      }
    })();
    const seen: string[] = [];
    for await (const { id } of clientOf(server.url, { timeoutMs: 1_000 }).matchMany(items)) {
      seen.push(id);
      give();
    }
    expect(seen).toEqual(itemsTo(3).map(({ id }) => id));
  });

  it('takes at most 1 000 items ahead of the results that the caller has taken', async () => {
    const server = await lineServer((id) => none(id));
    let taken = 0;
    let seen = 0;
    let furthest = 0;
    const items = (function* () {
      for (const item of itemsTo(3_000)) {
        taken++;
        yield item;
      }
    })();
    for await (const _ of clientOf(server.url).matchMany(items)) {
      furthest = Math.max(furthest, taken - seen++);
    }
    expect(seen).toBe(3_000);
    // One more waits for room.
    expect(furthest).toBeLessThanOrEqual(1_001);
  });

  it('starts again when the service ends a stream on which nothing arrived', async () => {
    const server = await lineServer((id, request) => `${none(id)}${request === 0 ? error(null, 'body_timeout') : ''}`);
    const results = await collect(clientOf(server.url).matchMany(itemsTo(2)));
    expect(outcomes(results)).toEqual(['item 0 no_known_match', 'item 1 no_known_match']);
  });
});
