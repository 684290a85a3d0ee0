import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../src/config.js';
import type { Organisation } from '../src/domain/organisation.js';
import { wireFetching } from '../src/fetching.js';
import { RemoteServer } from './support/remote-server.js';

let remote: RemoteServer;
beforeAll(async () => {
  remote = await RemoteServer.start({ '/silent': () => {} });
});
afterAll(() => remote.stop());

it('a fetch ends after a third of VIGIE_FETCH_TIMEOUT_MS without progress', async () => {
  const config = loadConfig({ VIGIE_FETCH: 'on', VIGIE_FETCH_PRIVATE: '127.0.0.1/32', VIGIE_FETCH_TIMEOUT_MS: '300' });
  const organisation = { fetchesFrom: [`127.0.0.1:${remote.port}`] } as unknown as Organisation;
  const parts = { hasher: { assertRoom() {} }, organisationCache: { get: () => organisation } };
  const fetcher = wireFetching({ config, log: pino({ level: 'silent' }), command: 'test', exclusive: true }, parts);
  const fetched = fetcher.fetch({ organisation: 'tests' }, remote.url('/silent'), new AbortController().signal);
  const detail = expect.stringContaining('fewer than 4096 bytes of its answer arrived within 100 ms');
  await expect(fetched).rejects.toMatchObject({ code: 'url_not_fetched', detail });
});
