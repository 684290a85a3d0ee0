/** StopNCII: everything that changed since a time, page by page. A record is the whole state of one hash. */
import { z } from 'zod';
import type { Algorithm } from '../domain/algorithms/registry.js';
import { readStopnciiPage } from '../formats/stopncii.js';
import { addressOf, shown } from './address.js';
import { credential } from './credentials.js';
import {
  type Checkpoint,
  type Decision,
  type Exchange,
  type ExchangeAccess,
  ExchangeError,
  type FetchContext,
  type Fetched,
  type RecordFeedback,
} from './exchange.js';
import { ExchangeHttp } from './http.js';
import { parsed } from './json.js';
import { fileOf } from './page.js';

export function stopnciiExchange(http = new ExchangeHttp()): Exchange {
  return {
    kind: 'stopncii',
    title: 'StopNCII',
    baseUrl: 'https://api.stopncii.org/v1',
    credentials: ['functionKey', 'subscriptionKey'],
    // StopNCII gives a function key for each endpoint.
    optionalCredentials: ['feedbackFunctionKey'],
    options: [],
    everySeconds: 300,
    fetch: (access, checkpoint, context) => fetchSince(http, access, checkpoint, context),
    sendFeedback: (access, feedback, signal) => sendFeedback(http, access, feedback, signal),
  };
}

/** The documentation begins with it. */
const beginning = 10;
const pageSize = 800;
/** StopNCII forgets withdrawn hashes some time later, so an older checkpoint could miss them. */
const staleMs = 30 * 86_400_000;

const checkpointSchema = z.object({ since: z.number().int().min(0), fetchedAt: z.number().int() });
const pageSchema = z.object({
  nextPageToken: z.string().nullish(),
  nextSetTimestamp: z.number().int().min(0).nullish(),
  hasMoreRecords: z.boolean(),
  hashRecords: z.array(z.unknown()),
});

async function* fetchSince(
  http: ExchangeHttp,
  access: ExchangeAccess,
  checkpoint: Checkpoint,
  context: FetchContext,
): AsyncGenerator<Fetched> {
  let since = startOf(checkpoint, context.now);
  let everything = since === null;
  const seen = new Set<string>();
  for (let token: string | null = ''; token !== null; ) {
    const page = await pageAfter(http, access, context, since ?? beginning, token, everything);
    if (page === 'restart') {
      // A round that began at a time which the service no longer knows has given nothing yet.
      since = null;
      everything = true;
      token = '';
      continue;
    }
    if (page.items.length > 0) yield { kind: 'records', items: page.items };
    token = page.next;
    if (token !== null && seen.has(token)) {
      throw new ExchangeError('incomplete', `${shown(page.url)}: the pages go in a circle`);
    }
    seen.add(token ?? '');
    // Exactly the number that was given: to some services it is a mark, and not a time.
    if (token === null) {
      const next = { since: page.nextSince ?? since ?? beginning, fetchedAt: context.now };
      yield { kind: 'range', checkpoint: next, everything };
    }
  }
}

/** Null: from the beginning. */
function startOf(checkpoint: Checkpoint, now: number): number | null {
  const known = checkpointSchema.safeParse(checkpoint);
  return known.success && now - known.data.fetchedAt <= staleMs ? known.data.since : null;
}

async function pageAfter(
  http: ExchangeHttp,
  access: ExchangeAccess,
  { signal }: FetchContext,
  since: number,
  token: string,
  everything: boolean,
) {
  const query = { startTimestamp: since, pageSize, ...(token !== '' && { nextPageToken: token }) };
  const url = addressOf(access.baseUrl, '/FetchHashes', query);
  const headers = headersOf(access, credential(access, 'functionKey'));
  const mayRestart = token === '' && !everything;
  return http.ask({ url, headers, signal, understood: mayRestart ? [410] : [] }, async ({ status, bytes }) => {
    if (status === 410) return 'restart' as const;
    const { items, page } = await readStopnciiPage(fileOf(bytes));
    const { hasMoreRecords, nextPageToken, nextSetTimestamp } = parsed(pageSchema, page, url);
    if (hasMoreRecords && !nextPageToken) {
      throw new ExchangeError('malformed', `${shown(url)}: says that more records follow, and not where`);
    }
    return { url, items, next: hasMoreRecords ? (nextPageToken ?? null) : null, nextSince: nextSetTimestamp || null };
  });
}

function headersOf(access: ExchangeAccess, functionKey: string): Record<string, string> {
  return {
    'x-functions-key': functionKey,
    'ocp-apim-subscription-key': credential(access, 'subscriptionKey'),
    accept: 'application/json',
  };
}

const feedbackValues: Readonly<Record<Decision, string>> = {
  confirmed: 'Blocked',
  false_positive: 'NotBlocked',
  pending: 'PendingReview',
};
const fedBack: readonly Algorithm[] = ['pdq', 'md5'];

async function sendFeedback(
  http: ExchangeHttp,
  access: ExchangeAccess,
  { hash, decision }: RecordFeedback,
  signal: AbortSignal,
): Promise<void> {
  if (!fedBack.includes(hash.algorithm)) return;
  const url = addressOf(access.baseUrl, '/SubmitFeedback');
  const functionKey = credential(access, access.credentials.feedbackFunctionKey ? 'feedbackFunctionKey' : 'functionKey');
  const headers = { ...headersOf(access, functionKey), 'content-type': 'application/json' };
  const hashFeedbacks = [{ tags: [], feedbackValue: feedbackValues[decision], hashValue: hash.hex }];
  const body = JSON.stringify({ count: hashFeedbacks.length, hashFeedbacks });
  await http.ask({ url, method: 'POST', headers, body, signal }, () => undefined);
}
