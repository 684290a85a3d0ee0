import { type Answer, type Asked, ExchangeServer } from './server.js';

export interface ThreatUpdate {
  readonly indicator: string;
  readonly type: string;
  readonly last_updated: number;
  readonly should_delete?: boolean;
  readonly descriptors?: { readonly data: readonly object[] };
}

export class ThreatExchangeServer {
  readonly updates = new Map<string, ThreatUpdate>();
  pageSize = 100;
  changeNext: (next: string) => string = (next) => next;

  private constructor(readonly http: ExchangeServer) {}

  static async start(): Promise<ThreatExchangeServer> {
    const server: ThreatExchangeServer = new ThreatExchangeServer(await ExchangeServer.start((asked) => server.answer(asked)));
    return server;
  }

  get url(): string {
    return `${this.http.url}/v21.0`;
  }

  reset(): void {
    this.http.reset();
    this.updates.clear();
    this.pageSize = 100;
    this.changeNext = (next) => next;
  }

  put(update: ThreatUpdate): void {
    this.updates.set(`${update.type} ${update.indicator}`, update);
  }

  private answer({ path, query }: Asked): Answer {
    if (query.get('access_token') !== '12345|secret') {
      return { status: 400, body: '{"error":{"message":"Invalid OAuth access token","code":190}}' };
    }
    if (path !== '/v21.0/777/threat_updates/') return { status: 404, body: '{}' };
    const since = Number(query.get('start_time'));
    const after = Number(query.get('after') ?? 0);
    const all = [...this.updates.values()].filter(({ last_updated: at }) => at >= since);
    const next = `${this.url}/777/threat_updates/?access_token=12345%7Csecret&start_time=${since}&after=${after + this.pageSize}`;
    const paging = after + this.pageSize < all.length ? { next: this.changeNext(next) } : {};
    return { body: JSON.stringify({ data: all.slice(after, after + this.pageSize), paging }) };
  }
}
