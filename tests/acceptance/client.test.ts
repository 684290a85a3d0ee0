import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isHidden, mustRemove, Vigie } from '../../src/client/index.js';
import { imageFile } from '../../src/client/node.js';
import { batchItem, isKnown, knownHash, numbers } from '../support/batch-items.js';
import { photograph } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService();
const clientOf = (role: 'platform' | 'analyst' | 'flagger') => new Vigie({ url: on.service.url, key: keyOf(role) });
let folder = '';
let known: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-client-'));
  known = await photograph(1);
  await writeFile(join(folder, 'known.jpg'), known);
  await on.client.enrol(known);
  await on.client.enrolHashes({ pdq: knownHash, quality: 100 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('vigie-client against a service', () => {
  it('finds a known image, as bytes, as a stream, as a file and as the hashes that the service computed', async () => {
    const vigie = clientOf('platform');
    const { hashes } = await vigie.hash(known);
    const inputs = [known, new Blob([new Uint8Array(known)]).stream(), await imageFile(join(folder, 'known.jpg')), { hashes }];
    const results = await Promise.all(inputs.map((input) => vigie.match(input)));
    expect(results.map((result) => [result.verdict, mustRemove(result)])).toEqual(inputs.map(() => ['remove', true]));
  });

  it('shows an image that no list contains, and hides what cannot be read', async () => {
    const vigie = clientOf('platform');
    expect(isHidden(await vigie.match(await photograph(2)))).toBe(false);
    expect(await vigie.match(Buffer.from('no image'))).toMatchObject({ verdict: 'unscannable', reason: 'not_an_image' });
  });

  it('matches 3 000 sets of hashes in one stream, in their order, and never has more than 1 000 under way', async () => {
    let taken = 0;
    let seen = 0;
    const items = (function* () {
      for (const number of numbers(3_000)) {
        taken++;
        yield batchItem(number);
      }
    })();
    for await (const result of clientOf('platform').matchMany(items)) {
      expect(taken - seen).toBeLessThanOrEqual(1_001);
      expect([result.id, mustRemove(result)]).toEqual([`item ${seen}`, isKnown(seen)]);
      seen++;
    }
    expect(seen).toBe(3_000);
  });

  it('enrols once when an answer was lost, because the retry has the same Idempotency-Key', async () => {
    let tries = 0;
    const loses: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (tries++ > 0) return response;
      await response.arrayBuffer();
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
    };
    const vigie = new Vigie({ url: on.service.url, key: keyOf('analyst'), fetch: loses, backoffMs: 1 });
    // Without the key, the second enrolment would find the entry standing.
    expect(await vigie.enrol({ list: 'known', image: await photograph(3) })).toMatchObject({ outcome: 'created' });
    expect(tries).toBe(2);
    expect(await vigie.enrol({ list: 'known', image: await photograph(3) })).toMatchObject({ outcome: 'standing' });
  });

  it('enrols for a flagger, who gets a receipt', async () => {
    const received = await clientOf('flagger').enrol({ list: 'harmless', image: await photograph(4) });
    expect(received).toEqual({ outcome: 'received', receipt: expect.stringMatching(/^rcp_/) });
  });

  it('gives feedback on a verdict', async () => {
    const result = await clientOf('platform').match(known);
    const feedback = await clientOf('platform').feedback(result.requestId ?? '', { outcome: 'confirmed' });
    expect(feedback).toMatchObject({ requestId: result.requestId, outcome: 'confirmed' });
  });

  it('throws what the service says about a key of another role, and about an image that is too large', async () => {
    await expect(clientOf('analyst').match(known)).rejects.toMatchObject({ status: 403, code: 'forbidden' });
    const large = new Uint8Array(21 * 1024 * 1024);
    for (const input of [large, new Blob([large]).stream()])
      await expect(clientOf('platform').match(input)).rejects.toMatchObject({ status: 413, code: 'body_too_large' });
  });
});
