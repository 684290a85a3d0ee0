import { momentOf } from '../../../src/exchanges/ncmec-paging.js';
import { type Answer, type Asked, ExchangeServer } from './server.js';

export interface NcmecEntry {
  readonly member: string;
  readonly id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly deleted?: boolean;
  readonly video?: boolean;
  readonly classification?: string;
  /** By the name of the element. Absent with `deleted`. */
  readonly fingerprints?: Readonly<Record<string, string>>;
  /** Kinds that come as a link. */
  readonly links?: readonly string[];
}

/** Speaks the documented wire of version 2. `from` is exclusive and `to` inclusive, unless a test turns it round. */
export class NcmecServer {
  entries: NcmecEntry[] = [];
  pageSize = 1_000;
  bounds = { from: 'exclusive', to: 'inclusive' };
  /** Replaces the `next` of an answer. */
  changeNext: (next: string) => string = (next) => next;
  readonly feedback: { path: string; body: string }[] = [];
  reasons: { guid: string; name: string }[] = [];

  private constructor(readonly http: ExchangeServer) {}

  static async start(): Promise<NcmecServer> {
    const server: NcmecServer = new NcmecServer(await ExchangeServer.start((asked) => server.answer(asked)));
    return server;
  }

  get url(): string {
    return `${this.http.url}/industry`;
  }

  reset(): void {
    this.http.reset();
    Object.assign(this, { entries: [], pageSize: 1_000, bounds: { from: 'exclusive', to: 'inclusive' }, reasons: [] });
    this.changeNext = (next) => next;
    this.feedback.length = 0;
  }

  /** As an update of the entry: there is only its newest state. */
  put(entry: NcmecEntry): void {
    this.entries = [...this.entries.filter(({ member, id }) => member !== entry.member || id !== entry.id), entry];
  }

  private answer(asked: Asked): Answer {
    if (asked.headers.authorization !== `Basic ${Buffer.from('vigie:secret').toString('base64')}`) {
      return { status: 401, body: 'no' };
    }
    if (asked.method === 'PUT') {
      this.feedback.push({ path: asked.path, body: asked.body });
      return { body: '<submissionResult/>' };
    }
    if (asked.path.endsWith('/reasons')) return { body: this.reasonsPage() };
    if (asked.path !== '/industry/v2/entries') return { status: 404, body: 'no' };
    return { body: this.page(asked.query) };
  }

  private reasonsPage(): string {
    const reasons = this.reasons.map(({ guid, name }) => `<reason guid="${guid}" name="${name}" type="Md5"/>`);
    return `<availableFeedbackReasons>${reasons.join('')}</availableFeedbackReasons>`;
  }

  private page(query: URLSearchParams): string {
    const [from = 0, to = 0] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? '') / 1_000);
    const inRange = this.entries.filter(
      ({ at }) =>
        (at > from || (at === from && this.bounds.from === 'inclusive')) &&
        (at < to || (at === to && this.bounds.to === 'inclusive')),
    );
    const start = Number(query.get('start') ?? 1);
    const entries = inRange.slice(start - 1, start - 1 + this.pageSize);
    const following = start + this.pageSize;
    const range = `from=${encodeURIComponent(momentOf(from).replace('Z', '.000Z'))}&to=${encodeURIComponent(momentOf(to).replace('Z', '.000Z'))}`;
    const next = `/v2/entries?${range}&start=${following}&size=${this.pageSize}&max=${inRange.length}`;
    const paging = following > inRange.length ? '' : `<next>${this.changeNext(next).replaceAll('&', '&amp;')}</next>`;
    const images = entries.filter(({ video }) => !video);
    const videos = entries.filter(({ video }) => video);
    return `<?xml version="1.0" encoding="UTF-8"?><queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">${group('images', images)}${group('videos', videos)}<paging>${paging}</paging></queryResult>`;
  }
}

function group(name: 'images' | 'videos', entries: readonly NcmecEntry[]): string {
  if (entries.length === 0) return `<${name} count="0"/>`;
  let newest = 0;
  for (const { at } of entries) newest = Math.max(newest, at);
  return `<${name} count="${entries.length}" maxTimestamp="${momentOf(newest)}">${entries.map(elementOf).join('')}</${name}>`;
}

function elementOf({ member, id, at, deleted, video, classification, fingerprints = {}, links = [] }: NcmecEntry): string {
  const identity = `<member id="${member}">Member ${member}</member><timestamp>${momentOf(at)}</timestamp><id>${id}</id>`;
  const kind = video ? 'video' : 'image';
  if (deleted) {
    const name = video ? 'deletedVideo' : 'deletedImage';
    return `<${name}>${identity}</${name}>`;
  }
  const values = Object.entries(fingerprints).map(([name, value]) => `<${name}>${value}</${name}>`);
  const hrefs = links.map((name) => `<${name} rel="self" href="/v2/entries/${member}/${id}/fingerprints/${name}"/>`);
  const code = classification === undefined ? '' : `<classification>${classification}</classification>`;
  return `<${kind}>${identity}${code}<fingerprints>${values.join('')}${hrefs.join('')}</fingerprints></${kind}>`;
}
