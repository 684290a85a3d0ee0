import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchResultSchema } from '../../src/http/schemas/verdict.js';
import { batchItem, isKnown, knownHash, numbers } from '../support/batch-items.js';
import { randomFrom, randomHash } from '../support/images.js';
import { documentsIn, openLines, responseOf } from '../support/ndjson.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService({ env: { VIGIE_BODY_TIMEOUT_MS: '2000' } });

beforeAll(async () => {
  await on.client.enrolHashes({ pdq: knownHash, quality: 100 });
});

describe('POST /v1/match/batch as NDJSON', () => {
  it('answers 10 000 lines in their order, an invalid one in its place', async () => {
    const bad = 4_321;
    const stream = openLines(on.service.url, '/v1/match/batch');
    const sending = (async () => {
      for (const number of numbers(10_000)) {
        const line = number === bad ? '{"id": "item 4321", "hashes"' : JSON.stringify(batchItem(number));
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

  it('stops reading while the client reads no answers, and loses none', async () => {
    // 96 MB of lines with 7 MB of answers (ten lists each): more than the sockets of both sides hold.
    const crowded = randomHash(randomFrom(8));
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

  it('says so in the last line when nothing arrives for the body timeout', async () => {
    const stream = openLines(on.service.url, '/v1/match/batch');
    stream.on('error', () => {});
    stream.write(`${JSON.stringify(batchItem(3))}\n`);
    const response = await responseOf(stream);
    const documents = documentsIn(response);
    expect((await documents.next()).value).toMatchObject({ id: 'item 3' });
    expect((await documents.next()).value).toEqual({
      id: null,
      error: { code: 'body_timeout', detail: 'nothing arrived within 2000 ms' },
    });
    expect((await documents.next()).done).toBe(true);
    expect(response.complete).toBe(true);
  });
});
