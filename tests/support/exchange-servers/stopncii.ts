import { type Answer, type Asked, ExchangeServer } from './server.js';

export interface StopnciiRecord {
  readonly lastModtimestamp: number;
  readonly signalType: string;
  readonly hashValue: string;
  readonly hashStatus: string;
  readonly caseNumbers?: Readonly<Record<string, string>>;
  readonly CSPFeedbacks?: readonly object[];
}

/** Keeps the newest record of each hash. A token holds the time at which its round began, so that rounds are stable. */
export class StopnciiServer {
  readonly records = new Map<string, StopnciiRecord>();
  readonly feedback: unknown[] = [];
  now = 2_000_000_000;
  /** Smaller than what the client asks for. */
  pageSize = 800;
  /** 410 for checkpoints before it. */
  forgotten = 0;

  private constructor(readonly http: ExchangeServer) {}

  static async start(): Promise<StopnciiServer> {
    const server: StopnciiServer = new StopnciiServer(await ExchangeServer.start((asked) => server.answer(asked)));
    return server;
  }

  get url(): string {
    return `${this.http.url}/v1`;
  }

  reset(): void {
    this.http.reset();
    this.records.clear();
    this.feedback.length = 0;
    Object.assign(this, { now: 2_000_000_000, pageSize: 800, forgotten: 0 });
  }

  put(record: StopnciiRecord): void {
    this.records.set(`${record.signalType} ${record.hashValue}`, record);
  }

  private answer({ path, query, headers, body }: Asked): Answer {
    if (headers['ocp-apim-subscription-key'] !== 'subscription') return { status: 401, body: '{}' };
    if (path === '/v1/SubmitFeedback') {
      this.feedback.push({ key: headers['x-functions-key'], ...JSON.parse(body) });
      return { body: '{}' };
    }
    if (headers['x-functions-key'] !== 'function') return { status: 403, body: '{}' };
    return path === '/v1/FetchHashes' ? this.page(query) : { status: 404, body: '{}' };
  }

  private page(query: URLSearchParams): Answer {
    const since = Number(query.get('startTimestamp'));
    if (since > 10 && since < this.forgotten) return { status: 410, body: '{}' };
    const token = query.get('nextPageToken');
    const [offset = 0, until = this.now] = token === null ? [] : token.split('/').map(Number);
    const all = [...this.records.values()].filter(({ lastModtimestamp: at }) => at >= since && at <= until);
    const size = Math.min(this.pageSize, Number(query.get('pageSize')));
    const hashRecords = all.slice(offset, offset + size);
    const hasMoreRecords = offset + size < all.length;
    const nextPageToken = hasMoreRecords ? `${offset + size}/${until}` : null;
    return {
      body: JSON.stringify({ count: hashRecords.length, nextSetTimestamp: until, nextPageToken, hasMoreRecords, hashRecords }),
    };
  }
}
