/** StopNCII JSON: one or more pages of `FetchHashes`, one after the other. */
import { z } from 'zod';
import type { Algorithm } from '../domain/algorithms/registry.js';
import { dayOfMs } from './dates.js';
import { wholeHashes } from './exported.js';
import type { ExportedEntry, Format, Position, ReadItem, SourceFile, WriteOptions } from './format.js';
import { HashCollector } from './hash-text.js';
import { type JsonFrame, jsonFrames } from './json-frames.js';
import { invalid, listed } from './record.js';
import { textOf } from './text.js';

const name = 'stopncii';
const frameOptions = { format: name, arrays: ['hashrecords'], dropped: [], manyDocuments: true };
const signals = new Map<string, 'pdq' | 'md5'>([
  ['ImagePDQ', 'pdq'],
  ['VideoMD5', 'md5'],
]);
const ended = new Set(['Withdrawn', 'Deleted']);

/** Feedback of other platforms is not read: Vigie takes no opinion from it. */
const recordSchema = z.object({
  lastModtimestamp: z.number().optional(),
  signalType: z.string(),
  hashValue: z.string(),
  hashStatus: z.string().optional(),
  caseNumbers: z.record(z.string(), z.string()).nullish(),
});
type HashRecord = z.output<typeof recordSchema>;

export const stopncii: Format = {
  name,
  title: 'StopNCII JSON',
  carries: { algorithms: ['pdq', 'md5'], fields: ['withdrawals'] },
  detect: (head) => textOf(head).startsWith('{') && /"hashRecords"\s*:\s*\[/i.test(textOf(head)),
  read,
  write,
};

async function* read(file: SourceFile): AsyncGenerator<ReadItem[]> {
  for await (const frames of jsonFrames(file, frameOptions)) {
    const items = itemsOf(frames);
    if (items.length > 0) yield items;
  }
}

function itemsOf(frames: readonly JsonFrame[]): ReadItem[] {
  return frames.flatMap((frame) => (frame.kind === 'element' ? [itemOf(frame.value, { byte: frame.at })] : []));
}

export interface StopnciiPage {
  readonly items: readonly ReadItem[];
  /** The page without its records. */
  readonly page: unknown;
}

/** One page of `FetchHashes` as a whole. @throws FormatError */
export async function readStopnciiPage(file: SourceFile): Promise<StopnciiPage> {
  const items: ReadItem[] = [];
  let page: unknown;
  for await (const frames of jsonFrames(file, { ...frameOptions, manyDocuments: false })) {
    for (const item of itemsOf(frames)) items.push(item);
    for (const frame of frames) if (frame.kind === 'document') page = frame.value;
  }
  return { items, page };
}

function itemOf(value: unknown, at: Position): ReadItem {
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path[0] ?? 'the record');
    return invalid(at, `${[...new Set(fields)].join(', ')}: missing or of another type`);
  }
  const record = parsed.data;
  const found = new HashCollector();
  const algorithm = signals.get(record.signalType);
  if (algorithm) found.add(algorithm, record.hashValue);
  // Texts and links are no hashes; new kinds are named, so that nobody believes them matched.
  else found.leaveOut(record.signalType);
  if (found.problem !== undefined) return invalid(at, found.problem);
  // Without a hash there is nothing to take back.
  if (isWithdrawn(record) && found.hashes.length > 0) return { kind: 'withdrawn', at, sourceId: null, hashes: found.hashes };
  return listed(at, found, [{ scheme: name, code: statusOf(record).slice(0, 64) }], {
    provenance: provenanceOf(record),
  });
}

/** A case that lives counts more than a status that says otherwise. */
function statusOf({ hashStatus = 'Unknown', caseNumbers }: HashRecord): string {
  if (!ended.has(hashStatus)) return hashStatus;
  return Object.values(caseNumbers ?? {}).find((status) => !ended.has(status)) ?? hashStatus;
}

/** Several people may have sent the same image. It stays listed until the last of them withdraws. */
function isWithdrawn({ hashStatus = 'Unknown', caseNumbers }: HashRecord): boolean {
  const cases = Object.values(caseNumbers ?? {});
  return cases.length > 0 ? cases.every((status) => ended.has(status)) : ended.has(hashStatus);
}

function provenanceOf({ lastModtimestamp, caseNumbers }: HashRecord): { reference?: string; date?: string } {
  const cases = Object.keys(caseNumbers ?? {})
    .join(' ')
    .slice(0, 500);
  const date = lastModtimestamp === undefined ? null : dayOfMs(lastModtimestamp * 1_000);
  return { ...(cases !== '' && { reference: cases }), ...(date !== null && { date }) };
}

/** One page with everything. Withdrawn entries stay in it, because a receiver learns of a withdrawal in no other way. */
async function* write(entries: AsyncIterable<ExportedEntry>, { at }: WriteOptions): AsyncGenerator<string> {
  yield '{"hashRecords":[';
  let count = 0;
  for await (const entry of entries) {
    for (const { algorithm, hex } of wholeHashes(entry, ['pdq', 'md5'])) {
      yield `${count > 0 ? ',' : ''}\n${JSON.stringify(recordOf(entry, algorithm, hex))}`;
      count++;
    }
  }
  yield `\n],"count":${count},"nextPageToken":null,"nextSetTimestamp":${secondsOf(at)},"hasMoreRecords":false}\n`;
}

function recordOf({ id, withdrawn, updatedAt }: ExportedEntry, algorithm: Algorithm, hex: string): StopnciiRecord {
  const hashStatus = withdrawn ? 'Withdrawn' : 'Active';
  return recordOfHash({ algorithm, hex, updatedAt, cases: { [id]: hashStatus } });
}

export interface StopnciiRecord {
  readonly lastModtimestamp: number;
  readonly signalType: string;
  readonly hashValue: string;
  readonly hashStatus: 'Active' | 'Withdrawn';
  readonly caseNumbers: Record<string, 'Active' | 'Withdrawn'>;
}

export interface ShownHash {
  readonly algorithm: Algorithm;
  readonly hex: string;
  readonly updatedAt: string;
  /** The status of each entry with this hash. */
  readonly cases: Readonly<Record<string, 'Active' | 'Withdrawn'>>;
}

/** The hash lives until the last of its cases is withdrawn. */
export function recordOfHash({ algorithm, hex, updatedAt, cases }: ShownHash): StopnciiRecord {
  const hashStatus = Object.values(cases).includes('Active') ? 'Active' : 'Withdrawn';
  const signalType = algorithm === 'pdq' ? 'ImagePDQ' : 'VideoMD5';
  return { lastModtimestamp: secondsOf(updatedAt), signalType, hashValue: hex, hashStatus, caseNumbers: { ...cases } };
}

/** The algorithm of a signal of StopNCII. An old client of pytx sends "StopNCIISignalType.ImagePDQ". */
export function algorithmOfSignal(signalType: string): 'pdq' | 'md5' | undefined {
  return signals.get(signalType.replace(/^StopNCIISignalType\./, ''));
}

function secondsOf(moment: string): number {
  return Math.floor(Date.parse(moment) / 1_000);
}
