/** One page of the feed of another Vigie (docs/api/feed.md). */
import { z } from 'zod';
import type { ReadItem } from '../formats/format.js';
import { FormatError } from '../formats/format.js';
import { textLines } from '../formats/text.js';
import { readEntryLine } from '../formats/vigie.js';
import { fileOf } from './page.js';

const headerSchema = z.object({
  feed: z.literal(1),
  list: z.string(),
  epoch: z.string(),
  from: z.string().nullable(),
  full: z.boolean(),
});
const endSchema = z.object({
  end: z.literal(true),
  cursor: z.string().min(1),
  records: z.number().int().min(0),
  sequence: z.number().int().min(0),
  drained: z.boolean(),
});

export interface FeedPage {
  readonly epoch: string;
  readonly full: boolean;
  readonly items: readonly ReadItem[];
  readonly cursor: string;
  /** Of the newest change that the reader has seen. Lines may have lower numbers, because changes commit late. */
  readonly sequence: number;
  readonly drained: boolean;
}

/** What was asked for. */
export interface FeedQuestion {
  readonly list: string;
  readonly since: string | null;
}

/** @throws FormatError if a line is missing, or the page belongs to another question */
export async function readFeedPage(bytes: Buffer, { list, since }: FeedQuestion): Promise<FeedPage> {
  const lines: { number: number; value: unknown }[] = [];
  for await (const some of textLines(fileOf(bytes), 'feed')) {
    for (const { number, text } of some) if (text !== '') lines.push({ number, value: jsonIn(text, number) });
  }
  const header = headerSchema.safeParse(lines[0]?.value);
  const end = endSchema.safeParse(lines.at(-1)?.value);
  if (!header.success) throw refused(1, 'expected {"feed":1,...}: it is no feed, or one of a newer version');
  if (!end.success) throw refused(lines.at(-1)?.number ?? 1, 'truncated: the line with "end" is missing', 'truncated');
  if (header.data.list !== list) throw refused(1, `expected list "${list}"`);
  if (header.data.from !== since) throw refused(1, '"from" is not the cursor that was sent: a page is missing');
  // Otherwise a few changes would pass for the whole list.
  if (since === null && !header.data.full) throw refused(1, 'expected the beginning of a full reading');
  const records = lines.slice(1, -1);
  if (records.length !== end.data.records) {
    const reason = `truncated: it has ${records.length} records, its last line says ${end.data.records}`;
    throw refused(lines.length, reason, 'truncated');
  }
  const items = records.map(({ number, value }) => readEntryLine(value, { line: number }));
  const { epoch, full } = header.data;
  const { cursor, sequence, drained } = end.data;
  return { epoch, full, items, cursor, sequence, drained };
}

function jsonIn(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(line, 'is not JSON, or was cut', 'truncated');
  }
}

function refused(line: number, reason: string, fault: 'malformed' | 'truncated' = 'malformed'): FormatError {
  return new FormatError(fault, 'feed', { line }, reason);
}
