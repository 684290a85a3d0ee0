import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchAnswerSchema, batchResultSchema } from '../../src/http/schemas/verdict.js';
import { expectOk, problemOf } from '../support/client.js';
import { randomFrom, randomHash } from '../support/images.js';
import { documentsIn, openLines, responseOf } from '../support/ndjson.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService({ env: { VIGIE_BODY_TIMEOUT_MS: '2000' } });
const random = randomFrom(7);
const known = randomHash(random);
const unknown = Array.from({ length: 50 }, () => randomHash(random));
/** Every tenth item is known. */
const isKnown = (number: number) => number % 10 === 3;
const item = (number: number) => ({
  id: `item ${number}`,
  hashes: { pdq: isKnown(number) ? known : unknown[number % unknown.length], quality: 100 },
});
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const post = (items: unknown) => on.client.json('POST', '/v1/match/batch', { items });

beforeAll(async () => {
  await on.client.enrolHashes({ pdq: known, quality: 100 });
});

describe('POST /v1/match/batch', () => {
  it('answers 1 000 items in their order', async () => {
    const { results } = expectOk(batchAnswerSchema, await post(numbers(1_000).map(item)));
    expect(results.map(({ id }) => id)).toEqual(numbers(1_000).map((number) => `item ${number}`));
    expect(results.map((result) => 'verdict' in result && result.verdict)).toEqual(
      numbers(1_000).map((number) => (isKnown(number) ? 'remove' : 'no_known_match')),
    );
  });

  it('refuses 1 001 items and says how many it takes', async () => {
    const answer = await post(numbers(1_001).map(item));
    expect(answer.status).toBe(400);
    expect(problemOf(answer)).toMatchObject({ code: 'bad_request', detail: expect.stringMatching(/items.*1000/) });
  });

  it('answers no items with no results', async () => {
    expect(expectOk(batchAnswerSchema, await post([]))).toEqual({ results: [] });
  });

  it.each([
    ['hashes that are not hex', { id: 'bad', hashes: { pdq: 'xyz' } }, 'bad', /hashes\.pdq/],
    ['an unknown field', { id: 'bad', hashes: { pdq: known }, list: 'known' }, 'bad', /list/],
    ['no hashes at all', { id: 'bad', hashes: {} }, 'bad', /at least one/],
    ['no id', { hashes: { pdq: known } }, null, /id/],
    ['no object', 17, null, /./],
  ])('lets an item with %s spoil only itself', async (_, bad, id, detail) => {
    const { results } = expectOk(batchAnswerSchema, await post([item(3), bad, item(4)]));
    expect(results).toMatchObject([
      { id: 'item 3', verdict: 'remove' },
      { id, error: { code: 'bad_request', detail: expect.stringMatching(detail) } },
      { id: 'item 4', verdict: 'no_known_match' },
    ]);
  });

  it('gives every item a request id of its own', async () => {
    const { results } = expectOk(batchAnswerSchema, await post(numbers(20).map(item)));
    expect(new Set(results.map((result) => 'requestId' in result && result.requestId)).size).toBe(20);
  });
});

describe('POST /v1/match/batch as NDJSON', () => {
  it('answers 10 000 lines in their order, a bad one in its place', async () => {
    const bad = 4_321;
    const stream = openLines(on.service.url, '/v1/match/batch');
    const sending = (async () => {
      for (const number of numbers(10_000)) {
        const line = number === bad ? '{"id": "item 4321", "hashes"' : JSON.stringify(item(number));
        if (!stream.write(`${line}\n`)) await once(stream, 'drain');
      }
      stream.end();
    })();
    const response = await responseOf(stream);
    expect(response.statusCode).toBe(200);
    let number = 0;
    for await (const document of documentsIn(response)) {
      const result = batchResultSchema.parse(document);
      if (number === bad) expect(result).toMatchObject({ id: null, error: { code: 'bad_request' } });
      else expect(result).toMatchObject({ id: `item ${number}`, verdict: isKnown(number) ? 'remove' : 'no_known_match' });
      number++;
    }
    await sending;
    expect(number).toBe(10_000);
  });

  it('names the line that is not JSON', async () => {
    const body = `${[1, 2].map((number) => JSON.stringify(item(number))).join('\n')}\nnonsense\n${JSON.stringify(item(4))}\n`;
    const answer = await on.client.call('POST', '/v1/match/batch', { body, headers: { 'content-type': 'application/x-ndjson' } });
    const results = String(answer.body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(results[2]).toMatchObject({ error: { code: 'bad_request', detail: expect.stringContaining('line 3') } });
  });

  it('answers a last line without a line feed', async () => {
    const body = JSON.stringify(item(3));
    const answer = await on.client.call('POST', '/v1/match/batch', { body, headers: { 'content-type': 'application/x-ndjson' } });
    expect(JSON.parse(String(answer.body))).toMatchObject({ id: 'item 3', verdict: 'remove' });
  });

  it('answers a line before the next one is sent', async () => {
    const stream = openLines(on.service.url, '/v1/match/batch');
    stream.write(`${JSON.stringify(item(3))}\n`);
    const documents = documentsIn(await responseOf(stream));
    expect((await documents.next()).value).toMatchObject({ id: 'item 3' });
    stream.write(`${JSON.stringify(item(4))}\n`);
    expect((await documents.next()).value).toMatchObject({ id: 'item 4' });
    stream.end();
    expect((await documents.next()).done).toBe(true);
  });

  it('stops reading while nobody reads its answers, and loses none', async () => {
    // 96 MB of padded lines whose answers, 3 KB each with ten lists, take 7 MB: more than the sockets of both sides hold.
    const crowded = randomHash(random);
    for (const number of numbers(10)) {
      const id = `crowd-${number}`;
      await on.client.createList({ id, title: id, class: 'unclassified', action: 'hold_for_review' });
      await on.client.enrolHashes({ pdq: crowded, quality: 100 }, id);
    }
    const count = 2_000;
    const lineOf = (id: string) => `${JSON.stringify({ id, hashes: { pdq: crowded, quality: 100 } })}${' '.repeat(48_000)}\n`;
    const stream = openLines(on.service.url, '/v1/match/batch');
    for (const number of numbers(count)) stream.write(lineOf(`${number}`));
    stream.end();
    const response = await responseOf(stream);

    let taken = 0;
    let unchanged = 0;
    await until('the server stops reading', 20_000, () => {
      const now = (stream.socket?.bytesWritten ?? 0) - (stream.socket?.writableLength ?? 0);
      unchanged = now === taken ? unchanged + 1 : 0;
      taken = now;
      return unchanged === 25;
    });
    expect(taken).toBeLessThan(count * 48_000);

    let answered = 0;
    for await (const document of documentsIn(response))
      expect(document).toMatchObject({ id: `${answered++}`, verdict: 'hold_for_review' });
    expect(answered).toBe(count);
  });

  it('ends a stream on which nothing arrives any more', async () => {
    const stream = openLines(on.service.url, '/v1/match/batch');
    stream.on('error', () => {});
    stream.write(`${JSON.stringify(item(3))}\n`);
    const response = await responseOf(stream);
    const documents = documentsIn(response);
    expect((await documents.next()).value).toMatchObject({ id: 'item 3' });
    response.on('error', () => {});
    await until('the stream ends', 5_000, () => response.destroyed || response.complete || stream.destroyed);
  });
});
