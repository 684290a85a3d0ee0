export interface VigieOptions {
  /** The address of the service, for example `https://vigie.example.org`. */
  readonly url: string | URL;
  /** An API key: `vig_<id>_<secret>`. The type lets `process.env.VIGIE_KEY` in; the constructor refuses undefined. */
  readonly key: string | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** The time of a call, with all its retries. Of `matchMany`: the longest silence while answers are due. Default 10 000. */
  readonly timeoutMs?: number;
  /** How often a call is repeated after 429, 502, 503, 504 or a failed connection. Default 2. */
  readonly retries?: number;
  /** About the time before the first retry, doubled for each further one. `Retry-After` replaces it. Default 200. */
  readonly backoffMs?: number;
}

export interface Settings {
  readonly base: string;
  readonly key: string;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly backoffMs: number;
}

/** @throws TypeError naming the option. No message repeats the key, or a url, which may hold a password. */
export function settingsOf(options: VigieOptions): Settings {
  const { key, fetch = globalThis.fetch } = options;
  // fetch repeats an invalid header in its error.
  if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)) {
    throw new TypeError('key: must be an API key, of visible ASCII characters; is VIGIE_KEY set?');
  }
  if (typeof fetch !== 'function') throw new TypeError('fetch: must be a function; pass one, or use Node.js 20 or later');
  return {
    base: baseOf(options.url),
    key,
    fetch,
    timeoutMs: numberOf('timeoutMs', options.timeoutMs ?? 10_000, 1),
    retries: numberOf('retries', options.retries ?? 2, 0),
    backoffMs: numberOf('backoffMs', options.backoffMs ?? 200, 0),
  };
}

/** Without a slash at the end. A path stays: a proxy may serve Vigie below one. */
function baseOf(text: string | URL): string {
  const url = URL.canParse(String(text)) ? new URL(String(text)) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError('url: must be an address such as https://vigie.example.org');
  }
  if (url.username || url.password) throw new TypeError('url: must not contain a user or password; pass the key as `key`');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** The longest time of setTimeout. */
const maxMs = 2 ** 31 - 1;

function numberOf(name: string, value: number, min: number): number {
  if (Number.isFinite(value) && value >= min && value <= maxMs) return value;
  throw new TypeError(`${name}: must be a number from ${min} to ${maxMs}, got ${value}`);
}
