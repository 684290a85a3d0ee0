import { expect, it } from 'vitest';
import { buildBareApp } from '../../../src/build/bare-app.js';

it('answers 501 while the HMA API is switched off: 404 would tell a client that its banks are gone', async () => {
  const app = await buildBareApp();
  for (const url of ['/c/bank/MINE', '//c/banks', '/m/lookup', '/h/hash']) {
    const answer = await app.inject({ url });
    expect([url, answer.statusCode, answer.json()]).toEqual([url, 501, { message: expect.stringContaining('VIGIE_HMA_API') }]);
  }
  await app.close();
});
