import { expect, it } from 'vitest';
import { ncmecExchange } from '../../src/exchanges/ncmec.js';
import { digest } from '../formats/reading.js';
import { NcmecServer } from '../support/exchange-servers/ncmec.js';

it('NCMEC may have 300 000 entries in one second: they come page by page', async () => {
  const server = await NcmecServer.start();
  const noon = Date.parse('2026-11-29T12:00:00Z') / 1_000;
  server.pageSize = 10_000;
  const fingerprints = { md5: digest(1, 'md5') };
  server.entries = Array.from({ length: 300_000 }, (_, id) => ({ member: '1', id: String(id), at: noon, fingerprints }));
  const access = { baseUrl: server.url, credentials: { username: 'vigie', password: 'secret' }, options: {} };
  const context = { signal: new AbortController().signal, now: (noon + 60) * 1_000, hash: async () => undefined };
  const seen = new Set<string>();
  const pages: number[] = [];
  for await (const fetched of ncmecExchange().fetch(access, { to: noon - 1, windowSeconds: 600, members: '' }, context)) {
    if (fetched.kind !== 'records') continue;
    pages.push(fetched.items.length);
    for (const item of fetched.items) if (item.kind === 'listed') seen.add(String(item.sourceId));
  }
  await server.http.stop();
  expect(seen.size).toBe(300_000);
  expect(pages).toEqual(Array.from({ length: 30 }, () => 10_000));
}, 180_000);
