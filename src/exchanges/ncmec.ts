/** NCMEC's hash sharing interface, version 2: ranges of time, drained one after the other from the oldest to the newest. */
import { z } from 'zod';
import type { ReadItem } from '../formats/format.js';
import { readQueryResult } from '../formats/ncmec.js';
import { addressOf } from './address.js';
import { basicAuthorization } from './credentials.js';
import {
  type Checkpoint,
  type Exchange,
  type ExchangeAccess,
  ExchangeError,
  type FetchContext,
  type Fetched,
} from './exchange.js';
import { ExchangeHttp } from './http.js';
import { sendNcmecFeedback } from './ncmec-feedback.js';
import { momentOf, nextPage, RangeCount, type TimeRange } from './ncmec-paging.js';
import { largestSeconds, manyEntries, smallerWindow, windowAfter } from './ncmec-window.js';
import { fileOf } from './page.js';

/** NCMEC has one address for each of its databases, so there is no default. */
export function ncmecExchange(http = new ExchangeHttp(), many = manyEntries): Exchange {
  return {
    kind: 'ncmec',
    title: 'NCMEC hash sharing',
    baseUrl: null,
    credentials: ['username', 'password'],
    // `members`: take only the entries of these member ids, separated by commas. `negativeReason`: see ncmec-feedback.ts.
    options: ['members', 'negativeReason'],
    everySeconds: 300,
    fetch: (access, checkpoint, context) => new NcmecReading(http, access, context, many).since(checkpoint),
    sendFeedback: (access, feedback, signal) => sendNcmecFeedback(http, access, feedback, signal),
  };
}

/** The newest seconds may still get entries. */
const settleSeconds = 5;
/** Each visit also reads these seconds before its checkpoint again, for entries that became visible late. */
const lateSeconds = 5;
/** A range during which entries moved is read again so often. */
const readings = 3;

const checkpointSchema = z.object({ to: z.number().int().min(0), windowSeconds: z.number().int().min(1), members: z.string() });

class NcmecReading {
  private readonly members: ReadonlySet<string>;
  private readonly memberOption: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly http: ExchangeHttp,
    private readonly access: ExchangeAccess,
    private readonly context: FetchContext,
    private readonly many: number,
  ) {
    const ids = (access.options.members ?? '').split(',').map((id) => id.trim());
    this.members = new Set(ids.filter((id) => id !== '').sort());
    this.memberOption = [...this.members].join(',');
    this.headers = { authorization: basicAuthorization(access), accept: 'application/xml' };
  }

  async *since(checkpoint: Checkpoint): AsyncGenerator<Fetched> {
    const end = Math.floor(this.context.now / 1_000) - settleSeconds;
    let { to: at, windowSeconds } = this.startOf(checkpoint);
    at = Math.max(0, at - lateSeconds);
    while (at < end) {
      // Whether `from` and `to` belong to the range is hearsay: with one second of overlap it does not matter.
      const range = { from: Math.max(0, at - 1), to: Math.min(at + windowSeconds, end) };
      const read = yield* this.drainPatiently(range);
      if ('smaller' in read) {
        windowSeconds = read.smaller;
        continue;
      }
      at = range.to;
      windowSeconds = windowAfter(windowSeconds, read.entries, this.many);
      yield { kind: 'range', checkpoint: { to: at, windowSeconds, members: this.memberOption }, everything: false };
    }
  }

  /** Everything from the beginning if there is no checkpoint, or if other members count now. */
  private startOf(checkpoint: Checkpoint): { to: number; windowSeconds: number } {
    const parsed = checkpointSchema.safeParse(checkpoint);
    return parsed.success && parsed.data.members === this.memberOption ? parsed.data : { to: 0, windowSeconds: largestSeconds };
  }

  private async *drainPatiently(range: TimeRange): AsyncGenerator<Fetched, { entries: number } | { smaller: number }> {
    for (let reading = 1; ; reading++) {
      try {
        return yield* this.drain(range);
      } catch (error) {
        if (!(error instanceof ExchangeError && error.fault === 'incomplete') || reading >= readings) throw error;
      }
    }
  }

  /** Page by page, so that a range of any size fits into memory. */
  private async *drain(range: TimeRange): AsyncGenerator<Fetched, { entries: number } | { smaller: number }> {
    const count = new RangeCount();
    let url = addressOf(this.access.baseUrl, '/v2/entries', { from: momentOf(range.from), to: momentOf(range.to) });
    for (let page = 1; ; page++) {
      const { items, next } = await this.http.ask({ url, headers: this.headers, signal: this.context.signal }, ({ bytes }) =>
        readQueryResult(fileOf(bytes)),
      );
      count.add(items.map((item, index) => (item.kind === 'invalid' ? `${page} ${index}` : `${item.sourceId}`)));
      const following = next === null ? null : nextPage(next, url, range);
      const entries = following?.max ?? items.length;
      const smaller = page === 1 ? smallerWindow(range.to - range.from - 1, entries, this.many) : undefined;
      if (smaller !== undefined) return { smaller };
      const wanted = items.filter((item) => this.isWanted(item));
      if (wanted.length > 0) yield { kind: 'records', items: wanted };
      if (!following) {
        count.end(url);
        return { entries: count.entries };
      }
      count.follow(following);
      url = following.url;
    }
  }

  private isWanted(item: ReadItem): boolean {
    if (this.members.size === 0 || item.kind === 'invalid') return true;
    return this.members.has(item.sourceId?.split('-')[0] ?? '');
  }
}
