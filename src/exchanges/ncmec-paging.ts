/** NCMEC's `next` is an offset into one range, so it says nothing about another range. */
import { sameAddress, shown } from './address.js';
import { ExchangeError } from './exchange.js';

/** Seconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface NextPage {
  readonly url: URL;
  /** The number of its first entry, from 1. */
  readonly start: number | null;
  readonly size: number | null;
  /** Entries of the whole range. */
  readonly max: number | null;
}

/** Always UTC: other clients wrote local time with a Z. */
export function momentOf(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}

/** @throws ExchangeError `malformed` for another address, `incomplete` for another range */
export function nextPage(next: string, asked: URL, range: TimeRange): NextPage {
  // NCMEC writes the path without the part that names the database.
  const url = sameAddress(next, asked, [asked.pathname, '/v2/entries']);
  url.pathname = asked.pathname;
  for (const name of ['from', 'to'] as const) {
    if (Date.parse(url.searchParams.get(name) ?? '') !== range[name] * 1_000) {
      throw new ExchangeError('incomplete', `${shown(asked)}: the next page is of another range ("${name}" differs)`);
    }
  }
  return { url, start: numberIn(url, 'start'), size: numberIn(url, 'size'), max: numberIn(url, 'max') };
}

function numberIn(url: URL, name: string): number | null {
  const text = url.searchParams.get(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * Counts the entries of a range. An entry that changes while its range is read leaves the range, and all behind it move up by one:
 * then the entry at the beginning of the next page is never seen.
 */
export class RangeCount {
  private readonly seen = new Set<string>();
  private readonly followed = new Set<string>();
  private start = 0;
  private max = 0;

  /** @param ids one for each entry, also for an entry that cannot be read */
  add(ids: readonly string[]): void {
    for (const id of ids) this.seen.add(id);
  }

  get entries(): number {
    return Math.max(this.seen.size, this.max);
  }

  /** @throws ExchangeError `incomplete` */
  follow(next: NextPage): void {
    // Without `start`, a page that names itself would never end.
    if (this.followed.has(next.url.href)) this.refuse(next.url, 'the pages go in a circle');
    this.followed.add(next.url.href);
    if (next.start !== null) {
      if (next.start <= this.start) this.refuse(next.url, 'the pages go in a circle');
      if (this.seen.size < next.start - 1) this.refuse(next.url, 'a page is missing or came twice');
      this.start = next.start;
    }
    // If `max` were the last entry of the next page, it would say nothing about the range.
    const endOfPage = (next.start ?? 0) + (next.size ?? 0) - 1;
    if (next.max !== null && next.max !== endOfPage) this.max = Math.max(this.max, next.max);
  }

  /** @throws ExchangeError `incomplete` */
  end(url: URL): void {
    if (this.seen.size < this.max) this.refuse(url, 'entries moved while the range was read');
  }

  private refuse(url: URL, reason: string): never {
    throw new ExchangeError('incomplete', `${shown(url)}: ${reason}`);
  }
}
