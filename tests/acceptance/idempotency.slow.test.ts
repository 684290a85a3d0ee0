import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { randomFrom, randomHash } from '../support/images.js';
import { useServices } from '../support/use-services.js';

const start = useServices();

describe('an Idempotency-Key, after kill -9', () => {
  it('still gives the answer of the first request', async () => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const body = JSON.stringify({ list: 'known', hashes: { pdq: randomHash(randomFrom(97)) } });
    const before = await start();
    const first = await before.client.as('analyst').call('POST', '/v1/entries', { body, headers });
    await before.service.kill();
    const after = await start({ database: before.service.database });
    const again = await after.client.as('analyst').call('POST', '/v1/entries', { body, headers });
    expect([again.status, again.body, again.headers.get('idempotency-replayed')]).toEqual([201, first.body, 'true']);
  });
});
