/** Where an exchange is. A message shows host and path only: the query may hold a token, and a path of Vigie's clients never a hash. */
import { ExchangeError } from './exchange.js';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** @throws ExchangeError `refused` if credentials would leave this machine unencrypted */
export function addressOf(baseUrl: string, path: string, query: Readonly<Record<string, string | number>> = {}): URL {
  if (!URL.canParse(baseUrl)) throw new ExchangeError('refused', 'the address of the exchange is not a URL');
  const url = new URL(baseUrl);
  if (url.username !== '' || url.password !== '') {
    throw new ExchangeError('refused', `${url.host}: the address has a user name or password: put them into the credentials`);
  }
  if (url.search !== '' || url.hash !== '')
    throw new ExchangeError('refused', `${url.host}: the address has a query: leave it out`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.test(url.hostname))) {
    throw new ExchangeError('refused', `${url.host}: the address must begin with https://`);
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return url;
}

export function shown(url: URL): string {
  return `${url.host}${url.pathname}`;
}

/**
 * @param url from an answer, absolute or relative to the host
 * @throws ExchangeError `malformed` if it leads to another host or path: the next request would carry the credentials there
 */
export function sameAddress(url: string, asked: URL, paths: readonly string[] = [asked.pathname]): URL {
  if (URL.canParse(url, asked.href)) {
    const next = new URL(url, asked);
    if (next.origin === asked.origin && next.username === '' && paths.includes(next.pathname)) return next;
  }
  throw new ExchangeError('malformed', `${shown(asked)}: the next page is at another address, which Vigie does not follow`);
}
