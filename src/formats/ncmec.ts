/** XML of NCMEC's hash sharing interface, version 2: one `queryResult`, which is one page of the answer. */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { dayOf } from './dates.js';
import { type Format, FormatError, type Position, type ReadItem, type SourceFile } from './format.js';
import { HashCollector } from './hash-text.js';
import { invalid, listed, readLine } from './record.js';
import { maxFieldBytes, type TextChunk, textChunks, textOf } from './text.js';

const name = 'ncmec';
const namespace = 'https://hashsharing.ncmec.org/hashsharing/v2';

export const ncmec: Format = {
  name,
  title: 'NCMEC hash sharing XML',
  carries: {
    algorithms: ['md5', 'sha1', 'photodna', 'pdq'],
    fields: ['sourceId', 'sourceCodes', 'withdrawals'],
    schemes: ['ncmec'],
  },
  detect: (head) => /<(?:\w+:)?queryResult\b/.test(textOf(head)),
  read,
};

async function* read(file: SourceFile): AsyncGenerator<ReadItem[]> {
  yield* readWith(new QueryResultReader(), file);
}

async function* readWith(reader: QueryResultReader, file: SourceFile): AsyncGenerator<ReadItem[]> {
  for await (const chunk of textChunks(file, name)) {
    const items = reader.write(chunk);
    if (items.length > 0) yield items;
  }
  reader.end();
}

export interface QueryResult {
  readonly items: readonly ReadItem[];
  /** Where the next page is, as the answer says it; null on the last page. */
  readonly next: string | null;
}

/** One page as a whole. @throws FormatError */
export async function readQueryResult(file: SourceFile): Promise<QueryResult> {
  const reader = new QueryResultReader();
  const items: ReadItem[] = [];
  for await (const batch of readWith(reader, file)) for (const item of batch) items.push(item);
  return { items, next: reader.next };
}

const entryNames = new Set(['image', 'video', 'deletedImage', 'deletedVideo']);

interface OpenEntry {
  readonly at: Position;
  readonly deleted: boolean;
  readonly found: HashCollector;
  readonly codes: { scheme: string; code: string }[];
  member: string | null;
  memberName: string | null;
  id: string | null;
  timestamp: string;
}

class QueryResultReader {
  next: string | null = null;
  private readonly parser = new SaxesParser({ xmlns: true });
  /** Local names of the open elements. */
  private readonly path: string[] = [];
  private entry: OpenEntry | undefined;
  private text = '';
  private items: ReadItem[] = [];
  private ended = false;
  private chunk: TextChunk = { bytes: Buffer.alloc(0), offset: 0 };
  private chunkText = '';
  /** Characters of all chunks before this one. */
  private before = 0;
  /** Of the current chunk. */
  private measured = { characters: 0, bytes: 0 };
  private lastEvent = 0;
  private tagFrom = 0;

  constructor() {
    this.parser.on('doctype', () => this.refuse('has a document type, which hash sharing does not use'));
    this.parser.on('error', () => {
      if (this.ended)
        throw new FormatError('truncated', name, this.position(this.before), 'truncated: the XML document does not end');
      this.refuse('is not well-formed XML');
    });
    // The parser is then behind the name and one more character.
    this.parser.on('opentagstart', (tag) => {
      this.tagFrom = this.parser.position - tag.name.length - 2;
    });
    this.parser.on('opentag', (tag) => this.open(tag));
    this.parser.on('closetag', (tag) => this.close(tag));
    this.parser.on('text', (text) => this.add(text));
    this.parser.on('cdata', (text) => this.add(text));
  }

  write(chunk: TextChunk): ReadItem[] {
    this.before += this.chunkText.length;
    this.chunk = chunk;
    this.chunkText = chunk.bytes.toString('utf8');
    this.measured = { characters: 0, bytes: 0 };
    this.items = [];
    this.parser.write(this.chunkText);
    const unread = this.before + this.chunkText.length - this.lastEvent;
    if (unread > maxFieldBytes) {
      const field = this.path[this.path.length - 1] ?? 'the document';
      throw new FormatError(
        'too_large',
        name,
        this.position(this.before),
        `<${field}> is longer than ${maxFieldBytes} characters`,
      );
    }
    return this.items;
  }

  end(): void {
    this.before += this.chunkText.length;
    this.ended = true;
    this.parser.close();
  }

  private open(tag: SaxesTagNS): void {
    this.lastEvent = this.parser.position;
    if (this.path.length === 0 && (tag.local !== 'queryResult' || tag.uri !== namespace)) {
      this.refuse(`expected <queryResult> of ${namespace}`, 'header');
    }
    const parent = this.path[this.path.length - 1];
    this.path.push(tag.local);
    this.text = '';
    if (this.path.length === 3 && entryNames.has(tag.local)) this.entry = openEntry(tag.local, this.position(this.tagFrom));
    if (this.entry && this.path.length === 4 && tag.local === 'member') this.entry.member = readLine(tag.attributes.id?.value);
    // Large fingerprints come as a link.
    if (this.entry && parent === 'fingerprints' && tag.attributes.href) this.entry.found.leaveOut(tag.local);
  }

  private close(tag: SaxesTagNS): void {
    this.lastEvent = this.parser.position;
    const { entry } = this;
    if (entry && this.path.length === 3) {
      this.items.push(itemOf(entry));
      this.entry = undefined;
    } else if (entry && this.path.length === 4) this.field(entry, tag.local);
    else if (entry && this.path.length === 5 && this.path[3] === 'fingerprints') entry.found.addNamed(tag.local, this.text);
    else if (this.inPaging && tag.local === 'next') this.next = this.text.trim() || null;
    this.path.pop();
    this.text = '';
  }

  private field(entry: OpenEntry, field: string): void {
    const text = this.text.trim();
    if (field === 'id') entry.id = readLine(text);
    if (field === 'member') entry.memberName = readLine(text);
    if (field === 'timestamp') entry.timestamp = text;
    if (field === 'classification' && text !== '') entry.codes.push({ scheme: name, code: text.slice(0, 64) });
  }

  private add(text: string): void {
    this.lastEvent = this.parser.position;
    if (this.entry || this.inPaging) this.text += text;
  }

  private get inPaging(): boolean {
    return this.path.length === 3 && this.path[1] === 'paging';
  }

  /** @param characters counted from the beginning of the document */
  private position(characters: number): Position {
    const inChunk = characters - this.before;
    if (inChunk < 0) return { byte: Math.max(0, this.chunk.offset + inChunk) };
    // Positions mostly grow, so only the text since the last one is measured.
    const from = inChunk < this.measured.characters ? { characters: 0, bytes: 0 } : this.measured;
    const bytes = from.bytes + Buffer.byteLength(this.chunkText.slice(from.characters, inChunk));
    this.measured = { characters: inChunk, bytes };
    return { byte: this.chunk.offset + bytes };
  }

  private refuse(reason: string, fault: 'malformed' | 'header' = 'malformed'): never {
    throw new FormatError(fault, name, this.position(this.parser.position), reason);
  }
}

function openEntry(element: string, at: Position): OpenEntry {
  const deleted = element.startsWith('deleted');
  return { at, deleted, found: new HashCollector(), codes: [], member: null, memberName: null, id: null, timestamp: '' };
}

function itemOf({ at, deleted, found, codes, member, memberName, id, timestamp }: OpenEntry): ReadItem {
  if (id === null || member === null) return invalid(at, `has no ${id === null ? 'id' : 'member id'}`);
  // Ids are unique per member only.
  const sourceId = `${member}-${id}`;
  if (deleted) return { kind: 'withdrawn', at, sourceId, hashes: [] };
  const date = dayOf(timestamp);
  return listed(at, found, codes, {
    sourceId,
    provenance: { ...(memberName !== null && { unit: memberName }), reference: sourceId, ...(date !== null && { date }) },
  });
}
