import autocannon from 'autocannon';
import type { Sample } from '../results.js';
import { summariseTimes } from './summarise-times.js';

export const connections = 50;
/** Long enough for 50 batches over a million hashes, which wait for each other. */
const timeoutSeconds = 60;

export interface Window {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Each connection sends its share of the bodies in rotation. Empty: requests without a body. */
  readonly bodies: readonly (string | Buffer)[];
  /** Each connection asks its share of them in rotation, instead of `url`. */
  readonly paths?: readonly string[];
  readonly rate?: number;
  readonly check: (body: string) => boolean;
}

/** Counts errors from the first request on, and speed in the window only. Does not pipeline requests. */
export async function drive(
  { url, method, headers, bodies, paths = [], rate, check }: Load,
  { warmUpSeconds, seconds }: Window,
): Promise<Sample> {
  let next = 0;
  const times: number[] = [];
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options: autocannon.Options = {
      url,
      method,
      headers: { ...headers },
      connections,
      ...(rate !== undefined && { overallRate: rate }),
      duration: warmUpSeconds + seconds,
      timeout: timeoutSeconds,
      sampleInt: 100,
      setupClient: (client) => {
        if (bodies.length > 0) client.setRequests(shareOf(bodies, next++).map((body) => ({ body })));
        if (paths.length > 0) client.setRequests(shareOf(paths, next++).map((path) => ({ path, method })));
      },
      verifyBody: (body) => typeof body === 'string' && check(body),
    };
    const began = performance.now();
    const from = began + warmUpSeconds * 1_000;
    const until = from + seconds * 1_000;
    const instance = autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
    instance.on('response', (_client, status, _bytes, time) => {
      const now = performance.now();
      if (now >= from && now < until && status >= 200 && status < 300) times.push(time);
    });
  });
  return summariseTimes(times, seconds, errorsOf(result));
}

/** A refusal is both non-2xx and a mismatch, but counts as one error. */
function errorsOf({ errors, non2xx, mismatches, '2xx': answered }: autocannon.Result): number {
  return errors + Math.max(non2xx, mismatches) + (answered === 0 ? 1 : 0);
}

function shareOf<Body>(bodies: readonly Body[], number: number): Body[] {
  if (bodies.length >= connections) return bodies.filter((_, at) => at % connections === number % connections);
  const first = number % bodies.length;
  return [...bodies.slice(first), ...bodies.slice(0, first)];
}
