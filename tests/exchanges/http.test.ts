import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, sameAddress } from '../../src/exchanges/address.js';
import { ExchangeError } from '../../src/exchanges/exchange.js';
import { ExchangeHttp } from '../../src/exchanges/http.js';
import { FormatError } from '../../src/formats/format.js';
import { ExchangeServer } from '../support/exchange-servers/server.js';
import { quickHttp } from './following.js';

let server: ExchangeServer;
beforeAll(async () => {
  server = await ExchangeServer.start(() => ({ body: '{"whole":true}' }));
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const signal = new AbortController().signal;

async function ask(http: ExchangeHttp, read: (text: string) => unknown = (text) => text): Promise<unknown> {
  const url = addressOf(server.url, '/feed', { token: 'topsecret' });
  const headers = { authorization: 'Bearer topsecret' };
  return http.ask({ url, headers, signal }, ({ bytes }) => read(bytes.toString('utf8')));
}

async function failureOf(asking: Promise<unknown>): Promise<ExchangeError> {
  const error = await asking.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  );
  if (error instanceof ExchangeError) return error;
  throw error;
}

describe('a request to an exchange is repeated', () => {
  it.each([[429], [500], [502], [503], [504]])('after status %i', async (status) => {
    server.fault = (number) => (number < 3 ? { status, body: 'later' } : undefined);
    const { http, pauses } = quickHttp();
    expect(await ask(http)).toBe('{"whole":true}');
    expect(pauses).toEqual([1_000, 2_000]);
  });

  it.each([['reset'], ['stalled'], ['silent']] as const)('if the answer is %s', async (fault) => {
    server.fault = (number) => (number < 2 ? fault : undefined);
    expect(await ask(quickHttp({ timeoutMs: 200 }).http)).toBe('{"whole":true}');
    expect(server.asked).toHaveLength(2);
  });

  it('if its answer of status 200 cannot be understood', async () => {
    server.fault = (number) => (number < 2 ? 'cut' : undefined);
    const read = (text: string) => {
      if (!text.endsWith('}')) throw new FormatError('truncated', 'json', null, 'truncated');
      return text;
    };
    expect(await ask(quickHttp().http, read)).toBe('{"whole":true}');
  });

  it('after the pause that the service asks for', async () => {
    server.fault = (number) => (number < 2 ? { status: 429, headers: { 'retry-after': '7' }, body: '' } : undefined);
    const { http, pauses } = quickHttp({ random: () => 0 });
    await ask(http);
    expect(pauses).toEqual([7_000]);
  });

  it('after a random part of a pause that doubles', async () => {
    server.fault = () => ({ status: 503, body: '' });
    const { http, pauses } = quickHttp({ random: () => 0.5, attempts: 12, maxPauseMs: 20_000 });
    await failureOf(ask(http));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000, 10_000, 10_000]);
  });
});

describe('a request to an exchange fails', () => {
  it.each([
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [400, 'refused'],
  ])('at once after status %i', async (status, fault) => {
    server.fault = () => ({ status, body: 'no' });
    const error = await failureOf(ask(quickHttp().http));
    expect(error.fault).toBe(fault);
    expect(error.message).toContain(`answered ${status}`);
    expect(server.asked).toHaveLength(1);
  });

  it('at once on a redirect, which would get the credentials', async () => {
    server.fault = () => ({ status: 302, headers: { location: `${server.url}/elsewhere` }, body: '' });
    expect((await failureOf(ask(quickHttp().http))).message).toContain('a redirect, which Vigie does not follow');
    expect(server.asked).toHaveLength(1);
  });

  it('at once if the service asks for a long pause, which it names', async () => {
    server.fault = () => ({ status: 503, headers: { 'retry-after': '600' }, body: '' });
    const { http, pauses } = quickHttp();
    expect(await failureOf(ask(http))).toMatchObject({ fault: 'busy', retryAfterMs: 600_000 });
    expect(pauses).toEqual([]);
  });

  it.each([['endless'], ['bomb']] as const)('at once if the answer is too large (%s)', async (fault) => {
    server.fault = () => fault;
    const error = await failureOf(ask(quickHttp({ maxBytes: 1_000_000 }).http));
    expect(error).toMatchObject({ fault: 'malformed' });
    expect(error.message).toContain('larger than 1000000 bytes');
    expect(server.asked).toHaveLength(1);
  });

  it('as unreachable if nobody listens', async () => {
    const stopped = await ExchangeServer.start(() => ({ body: '' }));
    const url = addressOf(stopped.url, '/feed', { token: 'topsecret' });
    await stopped.stop();
    const error = await failureOf(quickHttp().http.ask({ url, headers: {}, signal }, () => undefined));
    expect(error.fault).toBe('unreachable');
    expect(error.message).toBe(`${url.host}/feed: no complete answer (ECONNREFUSED)`);
  });

  it.each([['silent'], ['reset'], ['stalled']] as const)(
    'without its query or its headers in the message (%s)',
    async (fault) => {
      server.fault = () => fault;
      const error = await failureOf(ask(quickHttp({ timeoutMs: 100 }).http));
      expect(error.fault).toBe('unreachable');
      expect(`${error.message} ${error.stack}`).not.toContain('topsecret');
    },
  );

  it('with the reason of its signal when the server stops', async () => {
    server.fault = () => 'silent';
    const abort = new AbortController();
    const url = addressOf(server.url, '/feed');
    const asking = quickHttp().http.ask({ url, headers: {}, signal: abort.signal }, () => undefined);
    abort.abort(new Error('the server stops'));
    await expect(asking).rejects.toThrow('the server stops');
  });

  it('during its pause when the server stops', async () => {
    server.fault = () => ({ status: 503, body: '' });
    const abort = new AbortController();
    const http = new ExchangeHttp({ random: () => 1, pauseMs: 30_000 });
    const asking = http.ask({ url: addressOf(server.url, '/feed'), headers: {}, signal: abort.signal }, () => undefined);
    setTimeout(() => abort.abort(), 50);
    await expect(asking).rejects.toThrow('abort');
  });
});

describe('the address of an exchange', () => {
  it.each([
    ['http://exchange.example', 'must begin with https://'],
    ['http://127.0.0.1.example', 'must begin with https://'],
    ['ftp://localhost', 'must begin with https://'],
    ['https://user:topsecret@exchange.example', 'has a user name or password'],
    ['https://exchange.example/?key=topsecret', 'has a query'],
    ['exchange.example', 'is not a URL'],
  ])('is refused: %s', (baseUrl, reason) => {
    const refused = () => addressOf(baseUrl, '/feed');
    expect(refused).toThrow(reason);
    expect(refused).not.toThrow('topsecret');
  });

  it.each([['https://exchange.example/v1'], ['http://localhost:8080'], ['http://127.0.0.1:8080'], ['http://[::1]:8080']])(
    'is taken: %s',
    (baseUrl) => {
      expect(addressOf(baseUrl, '/feed', { since: 1 }).href).toBe(`${baseUrl}/feed?since=1`);
    },
  );

  it.each([
    ['https://evil.example/feed?since=2'],
    ['//evil.example/feed'],
    ['http://exchange.example/feed'],
    ['https://exchange.example:444/feed'],
    ['https://a@exchange.example/feed'],
    ['/other'],
    ['/feed/../other'],
    ['https://'],
  ])('is not left for %s', (next) => {
    expect(() => sameAddress(next, new URL('https://exchange.example/feed?token=topsecret'))).toThrow(
      /^exchange.example\/feed: the next page/,
    );
  });
});
