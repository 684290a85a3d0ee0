import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { photograph, scene } from '../support/images.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
let client: Client;

beforeAll(async () => {
  service = await startTestService();
  client = new Client(service.url);
});

afterAll(async () => {
  await service.stop();
  await service.database.drop();
});

describe('POST /v1/match', () => {
  it('finds a photograph saved again at quality 40', async () => {
    const entry = await client.enrol(await photograph(1));
    const copy = await (await scene(1)).jpeg({ quality: 40 }).toBuffer();
    expect(await client.match(copy)).toMatchObject({
      verdict: 'remove',
      reason: null,
      matches: [
        {
          entry: entry.id,
          list: 'known',
          matchType: 'near',
          algorithm: 'pdq',
          corroborated: true,
          orientation: 'identity',
          action: 'remove',
        },
      ],
      removal: { action: 'remove', obligations: [], preserveUntil: null, reportTo: [] },
    });
  });
});
