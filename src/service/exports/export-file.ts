import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { ExportReceipt } from '../../domain/export.js';
import type { ExportedEntry, Format } from '../../formats/format.js';
import { hashesWritten, lossesOf } from '../../formats/losses.js';
import type { ExportableEntry } from '../../store/export-entries.js';
import { encrypted } from './age.js';

export interface FileRequest {
  readonly format: Format & Required<Pick<Format, 'write'>>;
  readonly scheme: string | null;
  readonly ageKey: string | null;
  /** Pages of entries from the database. */
  readonly pages: AsyncIterable<readonly ExportableEntry[]>;
  /** Throws when the file must not be written any further. Asked for each page. */
  readonly assertMayGoOn: () => Promise<void>;
}

/** Characters or bytes: about a millisecond of work. A write per entry would be as many packets. */
const chunkLength = 32 * 1024;

/** Writes one file from the database to its reader, and counts what it writes. Nothing of it stays in memory. */
export class ExportFile {
  private counts = { entries: 0, hashes: 0, canaries: 0, leftOut: 0, bytes: 0 };
  private readonly losses = new Map<string, number>();
  private sha256: string | null = null;

  constructor(private readonly request: FileRequest) {}

  /** So far. */
  get receipt(): ExportReceipt {
    const losses = [...this.losses].sort(([one], [other]) => (one < other ? -1 : 1));
    return { ...this.counts, losses: Object.fromEntries(losses), sha256: this.sha256 };
  }

  /** @throws what `assertMayGoOn` throws. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { format, scheme, ageKey } = this.request;
    const options = { at: new Date().toISOString(), ...(scheme !== null && { scheme }) };
    const plain = inChunks(format.write(this.entries(), options));
    const digest = createHash('sha256');
    for await (const chunk of ageKey === null ? plain : await encrypted(plain, ageKey)) {
      digest.update(chunk);
      this.counts.bytes += chunk.length;
      yield chunk;
    }
    this.sha256 = digest.digest('hex');
  }

  private async *entries(): AsyncGenerator<ExportedEntry> {
    for await (const page of this.request.pages) {
      await this.request.assertMayGoOn();
      for (const entry of page) if (this.count(entry)) yield exportedOf(entry);
    }
  }

  /** False: the format can carry none of its hashes. */
  private count(entry: ExportableEntry): boolean {
    const { counts, losses } = this;
    const { carries } = this.request.format;
    const hashes = hashesWritten(entry, carries);
    if (hashes === 0) {
      counts.leftOut++;
      return false;
    }
    counts.entries++;
    counts.hashes += hashes;
    if (entry.isCanary) counts.canaries++;
    const scheme = this.request.scheme ?? carries.defaultScheme;
    for (const name of lossesOf(entry, carries, scheme)) losses.set(name, (losses.get(name) ?? 0) + 1);
    return true;
  }
}

/** Nothing else of an entry may reach a file. */
function exportedOf({ uuid: _uuid, isCanary: _isCanary, ...entry }: ExportableEntry): ExportedEntry {
  return entry;
}

/** Other requests get their turn between two chunks. */
async function* inChunks(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let text = '';
  let length = 0;
  for await (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else {
      waiting.push(Buffer.from(text), piece);
      text = '';
    }
    length += piece.length;
    if (length < chunkLength) continue;
    yield Buffer.concat([...waiting, Buffer.from(text)]);
    await turn();
    waiting = [];
    text = '';
    length = 0;
  }
  if (length > 0) yield Buffer.concat([...waiting, Buffer.from(text)]);
}
