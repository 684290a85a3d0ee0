import { type Answer, type Asked, ExchangeServer } from './server.js';

interface Change {
  readonly origin: string;
  readonly media_id: string;
  readonly quarantined: boolean;
}

export class SynapseServer {
  readonly changes: Change[] = [];
  readonly media = new Map<string, Buffer>();
  pageSize = 100;

  private constructor(readonly http: ExchangeServer) {}

  static async start(): Promise<SynapseServer> {
    const server: SynapseServer = new SynapseServer(await ExchangeServer.start((asked) => server.answer(asked)));
    return server;
  }

  reset(): void {
    this.http.reset();
    this.changes.length = 0;
    this.media.clear();
    this.pageSize = 100;
  }

  quarantine(id: string, quarantined = true, origin = 'matrix.example:8448'): void {
    this.changes.push({ origin, media_id: id, quarantined });
  }

  private answer({ path, query, headers }: Asked): Answer {
    if (headers.authorization !== 'Bearer syt_admin') return { status: 401, body: '{"errcode":"M_UNKNOWN_TOKEN"}' };
    if (path === '/_synapse/admin/v1/media/quarantine_changes') {
      const from = Number(query.get('from'));
      const changes = this.changes.slice(from, from + this.pageSize);
      return { body: JSON.stringify({ changes, next_batch: from + changes.length }) };
    }
    const [, origin = '', id = ''] = /^\/_matrix\/client\/v1\/media\/download\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    const media = this.media.get(`${decodeURIComponent(origin)}/${id}`);
    if (!media || query.get('admin_unsafely_bypass_quarantine') !== 'true') {
      return { status: 404, body: '{"errcode":"M_NOT_FOUND"}' };
    }
    return { body: media };
  }
}
