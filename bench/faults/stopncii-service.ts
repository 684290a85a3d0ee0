/** A service that speaks StopNCII's wire, whose records change between fetches. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

interface HashRecord {
  readonly pdq: string;
  readonly modifiedAt: number;
  readonly withdrawn: boolean;
}

const pageRecords = 100;

export class StopnciiService {
  private readonly records = new Map<string, HashRecord>();
  private time = 1_000;
  private open = 0;
  private server: Server | undefined;

  /** @param pageMs how long each page takes */
  constructor(private readonly pageMs: number) {}

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      void this.pageOf(new URL(request.url ?? '/', 'http://localhost')).then((page) => {
        response.setHeader('content-type', 'application/json').end(JSON.stringify(page));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** All at one moment, which is later than all before. */
  change(changes: readonly { readonly pdq: string; readonly withdrawn: boolean }[]): void {
    this.time++;
    for (const one of changes) this.records.set(one.pdq, { ...one, modifiedAt: this.time });
  }

  get listed(): string[] {
    return [...this.records.values()].flatMap(({ pdq, withdrawn }) => (withdrawn ? [] : [pdq]));
  }

  get withdrawn(): string[] {
    return [...this.records.values()].flatMap(({ pdq, withdrawn }) => (withdrawn ? [pdq] : []));
  }

  /** True: a page was asked for, and not yet the last one. */
  get isBeingRead(): boolean {
    return this.open > 0;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async pageOf({ searchParams }: URL): Promise<object> {
    const since = Number(searchParams.get('startTimestamp'));
    const start = Number(searchParams.get('nextPageToken') ?? 0);
    this.open = 1;
    await pause(this.pageMs);
    const changed = [...this.records.values()].filter(({ modifiedAt }) => modifiedAt >= since);
    const page = changed.slice(start, start + pageRecords);
    const hasMoreRecords = start + pageRecords < changed.length;
    if (!hasMoreRecords) this.open = 0;
    return {
      count: page.length,
      nextSetTimestamp: this.time,
      nextPageToken: hasMoreRecords ? String(start + pageRecords) : '',
      hasMoreRecords,
      hashRecords: page.map(({ pdq, modifiedAt, withdrawn }) => ({
        lastModtimestamp: modifiedAt,
        hashValue: pdq,
        hashStatus: withdrawn ? 'Withdrawn' : 'Active',
        caseNumbers: { only: withdrawn ? 'Withdrawn' : 'Active' },
        signalType: 'ImagePDQ',
      })),
    };
  }
}
