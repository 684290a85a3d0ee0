import { beforeAll, describe, expect, it } from 'vitest';
import { batchAnswerSchema } from '../../src/http/schemas/verdict.js';
import { batchItem, isKnown, knownHash, numbers } from '../support/batch-items.js';
import { expectOk, problemOf } from '../support/client.js';
import { documentsIn, openLines, responseOf } from '../support/ndjson.js';
import { useService } from '../support/use-service.js';

const on = useService();
const post = (items: unknown) => on.client.json('POST', '/v1/match/batch', { items });

beforeAll(async () => {
  await on.client.enrolHashes({ pdq: knownHash, quality: 100 });
});

describe('POST /v1/match/batch', () => {
  it('answers 1 000 items in their order', async () => {
    const { results } = expectOk(batchAnswerSchema, await post(numbers(1_000).map(batchItem)));
    expect(results.map(({ id }) => id)).toEqual(numbers(1_000).map((number) => `item ${number}`));
    expect(results.map((result) => 'verdict' in result && result.verdict)).toEqual(
      numbers(1_000).map((number) => (isKnown(number) ? 'remove' : 'no_known_match')),
    );
  });

  it('refuses 1 001 items and states the limit', async () => {
    const answer = await post(numbers(1_001).map(batchItem));
    expect(answer.status).toBe(400);
    expect(problemOf(answer)).toMatchObject({ code: 'bad_request', detail: expect.stringMatching(/items.*1000/) });
  });

  it('answers an empty batch with no results', async () => {
    expect(expectOk(batchAnswerSchema, await post([]))).toEqual({ results: [] });
  });

  it.each([
    ['hashes that are not hex', { id: 'bad', hashes: { pdq: 'xyz' } }, 'bad', /hashes\.pdq/],
    ['an unknown field', { id: 'bad', hashes: { pdq: knownHash }, list: 'known' }, 'bad', /list/],
    ['no hashes at all', { id: 'bad', hashes: {} }, 'bad', /at least one/],
    ['no id', { hashes: { pdq: knownHash } }, null, /id/],
    ['no object', 17, null, /./],
  ])('refuses an item with %s and answers the others', async (_, bad, id, detail) => {
    const { results } = expectOk(batchAnswerSchema, await post([batchItem(3), bad, batchItem(4)]));
    expect(results).toMatchObject([
      { id: 'item 3', verdict: 'remove' },
      { id, error: { code: 'bad_request', detail: expect.stringMatching(detail) } },
      { id: 'item 4', verdict: 'no_known_match' },
    ]);
  });

  it('gives every item its own request id', async () => {
    const { results } = expectOk(batchAnswerSchema, await post(numbers(20).map(batchItem)));
    expect(new Set(results.map((result) => 'requestId' in result && result.requestId)).size).toBe(20);
  });
});

describe('POST /v1/match/batch as NDJSON', () => {
  it('names the line that is not JSON', async () => {
    const body = `${[1, 2].map((number) => JSON.stringify(batchItem(number))).join('\n')}\nnonsense\n${JSON.stringify(batchItem(4))}\n`;
    const answer = await on.client.call('POST', '/v1/match/batch', { body, headers: { 'content-type': 'application/x-ndjson' } });
    const results = String(answer.body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(results[2]).toMatchObject({ error: { code: 'bad_request', detail: expect.stringContaining('line 3') } });
  });

  it('answers a last line without a line feed', async () => {
    const body = JSON.stringify(batchItem(3));
    const answer = await on.client.call('POST', '/v1/match/batch', { body, headers: { 'content-type': 'application/x-ndjson' } });
    expect(JSON.parse(String(answer.body))).toMatchObject({ id: 'item 3', verdict: 'remove' });
  });

  it('answers a line before the next one is sent', async () => {
    const stream = openLines(on.service.url, '/v1/match/batch');
    stream.write(`${JSON.stringify(batchItem(3))}\n`);
    const documents = documentsIn(await responseOf(stream));
    expect((await documents.next()).value).toMatchObject({ id: 'item 3' });
    stream.write(`${JSON.stringify(batchItem(4))}\n`);
    expect((await documents.next()).value).toMatchObject({ id: 'item 4' });
    stream.end();
    expect((await documents.next()).done).toBe(true);
  });
});
