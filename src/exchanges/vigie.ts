/** Another Vigie, whose list this one follows (docs/api/feed.md). */
import { z } from 'zod';
import { addressOf, shown } from './address.js';
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
import { type FeedPage, readFeedPage } from './vigie-page.js';

export function vigieExchange(http = new ExchangeHttp()): Exchange {
  return {
    kind: 'vigie',
    title: 'another Vigie',
    baseUrl: null,
    credentials: ['key'],
    // `wait`: how many seconds the leader may hold a request until something is new.
    options: ['list', 'wait'],
    // The leader answers as soon as something is new, so the next request follows at once.
    everySeconds: 0,
    fetch: (access, checkpoint, context) => new FeedReading(http, access, context).since(checkpoint),
  };
}

/** The leader takes no more. */
const longestWaitSeconds = 25;
const defaultWaitSeconds = 20;
const pageSize = 1_000;
const answerMs = 60_000;

const checkpointSchema = z.object({ cursor: z.string(), epoch: z.string(), sequence: z.number().int().min(0), list: z.string() });
type FeedPosition = z.output<typeof checkpointSchema>;

class FeedReading {
  private readonly headers: Readonly<Record<string, string>>;
  private readonly list: string;

  constructor(
    private readonly http: ExchangeHttp,
    private readonly access: ExchangeAccess,
    private readonly context: FetchContext,
  ) {
    this.headers = { authorization: `Bearer ${credential(access, 'key')}`, accept: 'application/x-ndjson' };
    this.list = access.options.list ?? '';
    if (this.list === '') throw new ExchangeError('refused', 'the option "list" must name a list of the other Vigie');
  }

  async *since(checkpoint: Checkpoint): AsyncGenerator<Fetched> {
    const known = checkpointSchema.safeParse(checkpoint);
    let at = known.success && known.data.list === this.list ? known.data : null;
    for (let restarts = 0; ; ) {
      let page: FeedPage | 'restart' = at === null ? 'restart' : await this.pageAfter(at, this.waitSeconds);
      const everything: boolean = page === 'restart' || at === null || page.full || !follows(page, at);
      if (page === 'restart' || everything) {
        if (restarts++ > 0) throw this.beganAgain();
        // The records of the last reading stay until the new one is complete.
        page = yield* this.readAll();
      }
      if (page.items.length > 0) yield { kind: 'records', items: page.items };
      at = this.positionAfter(page);
      yield { kind: 'range', checkpoint: at, everything };
      if (page.drained) return;
    }
  }

  /** Returns the first page of changes, which ends a full reading: it has what changed meanwhile. */
  private async *readAll(): AsyncGenerator<Fetched, FeedPage> {
    for (let at: FeedPosition | null = null; ; ) {
      const page: FeedPage | 'restart' = await this.pageAfter(at, 0);
      if (page === 'restart' || (at !== null && !follows(page, at))) throw this.beganAgain();
      if (!page.full) return page;
      if (page.items.length > 0) yield { kind: 'records', items: page.items };
      at = this.positionAfter(page);
    }
  }

  private positionAfter({ cursor, epoch, sequence }: FeedPage): FeedPosition {
    return { cursor, epoch, sequence, list: this.list };
  }

  private pageAfter(at: FeedPosition | null, waitSeconds: number): Promise<FeedPage | 'restart'> {
    const since = at?.cursor ?? null;
    const url = this.url({
      list: this.list,
      limit: pageSize,
      ...(since !== null && { since }),
      ...(waitSeconds > 0 && { wait: waitSeconds }),
    });
    const { headers } = this;
    const { signal } = this.context;
    const timeoutMs = answerMs + waitSeconds * 1_000;
    return this.http.ask(
      { url, headers, signal, understood: since === null ? [] : [410], timeoutMs },
      async ({ status, bytes }) => (status === 410 ? 'restart' : readFeedPage(bytes, { list: this.list, since })),
    );
  }

  private get waitSeconds(): number {
    const { wait } = this.access.options;
    const asked = wait === undefined ? defaultWaitSeconds : Math.floor(Number(wait)) || 0;
    return Math.min(longestWaitSeconds, Math.max(0, asked));
  }

  private beganAgain(): ExchangeError {
    return new ExchangeError('incomplete', `${shown(this.url({}))}: began again during a full reading`);
  }

  private url(query: Readonly<Record<string, string | number>>): URL {
    return addressOf(this.access.baseUrl, '/v1/feed', query);
  }
}

/** Within an epoch the newest change never goes back; after a restore it might. */
function follows(page: FeedPage, at: FeedPosition): boolean {
  return page.epoch === at.epoch && page.sequence >= at.sequence;
}
