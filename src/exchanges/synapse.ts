/** Media that the administrators of a Matrix server (Synapse 1.152 and later) put into quarantine. Vigie hashes it and keeps no media. */
import { z } from 'zod';
import type { ReadItem } from '../formats/format.js';
import { HashCollector } from '../formats/hash-text.js';
import { invalid, listed } from '../formats/record.js';
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
import { TooLargeError } from './http-once.js';
import { jsonOf, parsed } from './json.js';

export function synapseExchange(http = new ExchangeHttp()): Exchange {
  return {
    kind: 'synapse',
    title: 'Synapse quarantine',
    baseUrl: null,
    credentials: ['accessToken'],
    options: [],
    everySeconds: 60,
    fetch: (access, checkpoint, context) => new QuarantineReading(http, access, context).since(checkpoint),
  };
}

/** Larger media is skipped, as if it were no image. */
const maxMediaBytes = 50_000_000;
const serverName = /^[A-Za-z0-9][A-Za-z0-9.:-]{0,254}$|^\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?$/;
const mediaId = /^[A-Za-z0-9_-]{1,255}$/;

const checkpointSchema = z.object({ batch: z.number().int().min(0) });
const changeSchema = z.object({ origin: z.string(), media_id: z.string(), quarantined: z.boolean() });
const pageSchema = z.object({ changes: z.array(changeSchema), next_batch: z.coerce.number().int().min(0) });
type QuarantineChange = z.output<typeof changeSchema>;

class QuarantineReading {
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    private readonly http: ExchangeHttp,
    private readonly access: ExchangeAccess,
    private readonly context: FetchContext,
  ) {
    this.headers = { authorization: `Bearer ${credential(access, 'accessToken')}` };
  }

  /** Each page is a range: its media takes long to download, and should not be downloaded twice. */
  async *since(checkpoint: Checkpoint): AsyncGenerator<Fetched> {
    const known = checkpointSchema.safeParse(checkpoint);
    let batch = known.success ? known.data.batch : 0;
    for (;;) {
      const { changes, next } = await this.pageAfter(batch);
      for (const [index, change] of lastOfEach(changes).entries()) {
        const item = await this.itemOf(change, index + 1);
        if (item) yield { kind: 'records', items: [item] };
      }
      yield { kind: 'range', checkpoint: { batch: next }, everything: false };
      if (changes.length === 0 || next === batch) return;
      batch = next;
    }
  }

  private async pageAfter(batch: number): Promise<{ changes: QuarantineChange[]; next: number }> {
    const url = addressOf(this.access.baseUrl, '/_synapse/admin/v1/media/quarantine_changes', { from: batch });
    const { signal } = this.context;
    const page = await this.http.ask({ url, headers: this.headers, signal }, ({ bytes }) =>
      parsed(pageSchema, jsonOf(bytes, url), url),
    );
    if (page.next_batch >= batch) return { changes: page.changes, next: page.next_batch };
    // Its changes have other numbers now, and none says what was lost.
    throw new ExchangeError(
      'incomplete',
      `${shown(url)}: its numbers went back, as after a restore: let this exchange begin again`,
    );
  }

  private async itemOf({ origin, media_id: id, quarantined }: QuarantineChange, row: number): Promise<ReadItem | undefined> {
    const at = { row };
    if (!serverName.test(origin) || !mediaId.test(id)) return invalid(at, 'origin or media_id: not as Matrix writes them');
    const sourceId = `${origin}/${id}`;
    if (!quarantined) return { kind: 'withdrawn', at, sourceId, hashes: [] };
    const media = await this.download(origin, id);
    const hashes = media && (await this.context.hash(media));
    if (!hashes || hashes.length === 0) return undefined;
    const found = new HashCollector();
    found.hashes.push(...hashes);
    return listed(at, found, [], { sourceId, provenance: { unit: origin } });
  }

  /** Undefined: Synapse no longer has it, or it is too large. */
  private async download(origin: string, id: string): Promise<Buffer | undefined> {
    const path = `/_matrix/client/v1/media/download/${encodeURIComponent(origin)}/${encodeURIComponent(id)}`;
    const url = addressOf(this.access.baseUrl, path, { admin_unsafely_bypass_quarantine: 'true' });
    const request = { url, headers: this.headers, signal: this.context.signal, understood: [404], maxBytes: maxMediaBytes };
    try {
      return await this.http.ask(request, ({ status, bytes }) => (status === 404 ? undefined : bytes));
    } catch (error) {
      if (error instanceof TooLargeError) return undefined;
      throw error;
    }
  }
}

/** Of media that was quarantined and released again, only the end counts. */
function lastOfEach(changes: readonly QuarantineChange[]): QuarantineChange[] {
  const last = new Map<string, QuarantineChange>();
  for (const change of changes) last.set(`${change.origin}/${change.media_id}`, change);
  return [...last.values()];
}
