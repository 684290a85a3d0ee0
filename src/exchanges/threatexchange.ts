/** Meta's ThreatExchange: the updates of one privacy group since a time. */
import { z } from 'zod';
import { addressOf, sameAddress, shown } from './address.js';
import { credential } from './credentials.js';
import {
  type Checkpoint,
  type Exchange,
  type ExchangeAccess,
  ExchangeError,
  type FetchContext,
  type Fetched,
} from './exchange.js';
import { ExchangeHttp } from './http.js';
import { jsonOf, parsed } from './json.js';
import { readUpdate } from './threatexchange-record.js';

export function threatExchange(http = new ExchangeHttp()): Exchange {
  return {
    kind: 'threatexchange',
    title: 'Meta ThreatExchange',
    baseUrl: 'https://graph.facebook.com/v21.0',
    credentials: ['accessToken'],
    options: ['privacyGroup'],
    everySeconds: 300,
    fetch: (access, checkpoint, context) => fetchSince(http, access, checkpoint, context),
  };
}

/** The service keeps deletions for 90 days. */
const staleMs = 85 * 86_400_000;
/** Updates become visible in another order than their times. */
const overlapSeconds = 60;
const pageSize = 100;
const fields = 'indicator,type,last_updated,should_delete,descriptors{id,reactions,owner{id},tags,status}';

/** `newest` is the time of the newest update, in seconds. */
const checkpointSchema = z.object({ newest: z.number().int().min(0), fetchedAt: z.number().int(), group: z.string() });
const pageSchema = z.object({
  data: z.array(z.unknown()),
  paging: z.object({ next: z.string().optional() }).optional(),
});

async function* fetchSince(
  http: ExchangeHttp,
  access: ExchangeAccess,
  checkpoint: Checkpoint,
  { now, signal }: FetchContext,
): AsyncGenerator<Fetched> {
  const group = groupOf(access);
  const known = checkpointSchema.safeParse(checkpoint);
  const fresh = known.success && known.data.group === group && now - known.data.fetchedAt <= staleMs ? known.data.newest : null;
  const startTime = Math.max(0, (fresh ?? 0) - overlapSeconds);
  const token = credential(access, 'accessToken');
  const first = addressOf(access.baseUrl, `/${group}/threat_updates/`, { start_time: startTime, limit: pageSize, fields });
  const visited = new Set<string>();
  let newest = fresh ?? 0;
  for (let url: URL | null = first; url !== null; ) {
    url.searchParams.set('access_token', token);
    if (visited.has(url.search)) throw new ExchangeError('incomplete', `${shown(url)}: the pages go in a circle`);
    visited.add(url.search);
    const page = await pageAt(http, url, signal);
    const updates = page.data.map(readUpdate);
    for (const { at } of updates) newest = Math.max(newest, at);
    if (updates.length > 0) yield { kind: 'records', items: updates.map(({ item }) => item) };
    url = page.paging?.next === undefined ? null : sameAddress(page.paging.next, first);
  }
  // An update from the future, by a clock that runs ahead, must not skip the ones before it.
  newest = Math.min(newest, Math.floor(now / 1_000));
  yield { kind: 'range', checkpoint: { newest, fetchedAt: now, group }, everything: fresh === null };
}

function groupOf({ options }: ExchangeAccess): string {
  const group = options.privacyGroup ?? '';
  if (/^\d{1,30}$/.test(group)) return group;
  throw new ExchangeError('refused', 'the option "privacyGroup" must be the number of a privacy group');
}

function pageAt(http: ExchangeHttp, url: URL, signal: AbortSignal): Promise<z.output<typeof pageSchema>> {
  const request = { url, headers: { accept: 'application/json' }, signal, understood: [400] };
  return http.ask(request, ({ status, bytes }) => {
    const answer = jsonOf(bytes, url);
    if (status === 400) throw refusalOf(answer, url);
    return parsed(pageSchema, answer, url);
  });
}

/** The Graph API says with status 400 that a client asks too often, and by a number why. */
const tooOften: readonly unknown[] = [4, 17, 32, 613];
const errorSchema = z.object({ error: z.object({ code: z.number().int() }) });

function refusalOf(answer: unknown, url: URL): ExchangeError {
  const { code } = parsed(errorSchema, answer, url).error;
  const said = `${shown(url)}: answered 400, error ${code}`;
  if (tooOften.includes(code)) return new ExchangeError('busy', said);
  return new ExchangeError('refused', `${said}${code === 190 ? ': check the access token' : ''}`);
}
