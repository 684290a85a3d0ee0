/** The load generator: autocannon, with answers checked and times kept to the microsecond. */
import autocannon from 'autocannon';
import type { Sample } from '../results.js';
import { sampleOf } from './sample.js';

export const connections = 50;
/** Longer than any answer should take: 50 batches over a million hashes wait for each other. */
const timeoutSeconds = 60;

export interface Window {
  /** Requests are sent from the start and counted after this. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface Load {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Dealt out to the connections; each sends its share in rotation. Empty: requests without a body. */
  readonly bodies: readonly (string | Buffer)[];
  /** Requests a second over all connections; absent: as many as are answered. */
  readonly rate?: number;
  /** True for the right answer to whichever of the requests it belongs. */
  readonly check: (body: string) => boolean;
}

/** Drives one route over `connections` connections without pipelining. Errors count from the first request on, speed in the window. */
export async function drive(
  { url, method, headers, bodies, rate, check }: Load,
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
  return sampleOf(times, seconds, errorsOf(result));
}

/** A refusal is also a body that is not the right one: it counts once. No answer at all is an error too. */
function errorsOf({ errors, non2xx, mismatches, '2xx': answered }: autocannon.Result): number {
  return errors + Math.max(non2xx, mismatches) + (answered === 0 ? 1 : 0);
}

/** The bodies of connection `number`: its share where there are enough for all, otherwise all of them from a place of its own. */
function shareOf<Body>(bodies: readonly Body[], number: number): Body[] {
  if (bodies.length >= connections) return bodies.filter((_, at) => at % connections === number % connections);
  const first = number % bodies.length;
  return [...bodies.slice(first), ...bodies.slice(0, first)];
}
