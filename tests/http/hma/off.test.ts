import { pino } from 'pino';
import { expect, it } from 'vitest';
import { type AppParts, buildApp } from '../../../src/http/app.js';
import { RequestNumbers } from '../../../src/http/request-numbers.js';

it('answers 501 while the HMA API is switched off: 404 would tell a client that its banks are gone', async () => {
  const limits = {
    maxImageBytes: 1,
    maxImportBytes: 1,
    maxBytesInFlight: 1,
    bodyTimeoutMs: 1_000,
    bodyStallMs: 1_000,
    maxConnections: 2,
  };
  const parts: Partial<AppParts> = { log: pino({ level: 'silent' }), limits, numbers: new RequestNumbers(), accessLog: false };
  const app = await buildApp(parts as AppParts);
  for (const url of ['/c/bank/MINE', '//c/banks', '/m/lookup', '/h/hash']) {
    const answer = await app.inject({ url });
    expect([url, answer.statusCode, answer.json()]).toEqual([url, 501, { message: expect.stringContaining('VIGIE_HMA_API') }]);
  }
  await app.close();
});
