import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { built } from '../../src/package-root.js';
import { describeWithChromium, withChromium } from '../support/chromium.js';
import { listening, noMatch } from '../support/fault-server.js';

const script = `
import { isHidden, verifyWebhook, Vigie } from '/client/index.js';
const vigie = new Vigie({ url: location.origin, key: 'vig_x', backoffMs: 1 });
const many = [];
const items = (async function* () { for (let i = 0; i < 450; i++) yield { id: 'item ' + i, hashes: { md5: '00' } }; })();
for await (const { id, verdict } of vigie.matchMany(items)) many.push(id + ' ' + verdict);
const begun = new Blob(['abc']).stream();
const reader = begun.getReader();
await reader.read();
reader.releaseLock();
const found = {
  afterRetry: (await vigie.match(new Uint8Array([1, 2, 3]))).verdict,
  stream: (await vigie.match(new Blob(['abc']).stream())).requestId,
  begun: (await vigie.match(begun)).reason,
  redirected: (await new Vigie({ url: location.origin + '/moved', key: 'vig_x' }).match(new Blob(['abc']))).reason,
  away: isHidden(await new Vigie({ url: 'http://127.0.0.1:1', key: 'vig_x', retries: 0 }).match(new Blob(['abc']))),
  webhook: await verifyWebhook({ 'webhook-id': 'a', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' }, '{}', ['whsec_AAAA'], { now: 0 })
    .catch(({ name, message }) => name + ': ' + message),
  many,
};
await fetch('/found', { method: 'POST', body: JSON.stringify(found) });
`;

function modules(): ReadonlyMap<string, string> {
  const folder = built('src/client');
  const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return new Map(names.map((name) => [`/client/${name}`, readFileSync(join(folder, name), 'utf8')]));
}

const served = new Map([...modules(), ['/page.js', script]]);

/** The page, its modules and an imitation of Vigie, because a page may ask its own origin without further headers. */
async function openPage(): Promise<{ readonly url: string; readonly found: Promise<string> }> {
  let disclose: (found: string) => void = () => {};
  const found = new Promise<string>((resolve) => {
    disclose = resolve;
  });
  let matches = 0;
  const { url } = await listening(async (request, response) => {
    const body = await text(request);
    const answer = (status: number, content: string) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(content);
    const script = served.get(request.url ?? '');
    if (script !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (request.url === '/') response.end('<!doctype html><script type="module" src="/page.js"></script>');
    else if (request.url === '/v1/match') {
      if (matches++ === 0) answer(503, '{"code":"overloaded"}');
      else answer(200, JSON.stringify({ ...noMatch, requestId: `req_${body.length}` }));
    } else if (request.url === '/v1/match/batch') {
      const lines = body.trim().split('\n');
      answer(200, lines.map((line) => `${JSON.stringify({ id: JSON.parse(line).id, ...noMatch })}\n`).join(''));
    } else if (request.url === '/found') {
      response.end();
      disclose(body);
    } else response.writeHead(302, { location: '/v1/match' }).end();
  });
  return { url, found };
}

describeWithChromium('vigie-client in a browser', () => {
  it('matches, repeats, sends batches in parts and never follows a redirect', async () => {
    const page = await openPage();
    const found = JSON.parse(await withChromium(page.url, () => page.found));
    expect(found).toEqual({
      afterRetry: 'no_known_match',
      stream: 'req_3',
      begun: 'stream_consumed',
      redirected: 'bad_answer',
      away: true,
      webhook: 'WebhookError: no signature fits the body and the secrets',
      many: Array.from({ length: 450 }, (_, number) => `item ${number} no_known_match`),
    });
  });
});
