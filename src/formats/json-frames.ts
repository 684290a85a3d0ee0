/**
 * Cuts a JSON document of any size into the elements of its large arrays, and gives each to `JSON.parse`. This code only finds
 * where strings and brackets begin and end; `JSON.parse` judges everything else. What is left of the document, with these arrays
 * emptied, is parsed at the end, so that the whole file is checked. docs/decisions/0025-format-parsers.md says why.
 */
import { FormatError, type SourceFile } from './format.js';
import { JoinedBytes } from './joined-bytes.js';
import { memberNameBefore, shownName } from './names.js';
import { maxFieldBytes, textChunks } from './text.js';

export interface JsonFramesOptions {
  /** The format's name, for errors. */
  readonly format: string;
  /** The arrays whose elements come one by one, as names joined by dots, in lower case, for example `value.media`. */
  readonly arrays: readonly string[];
  /** Members whose text is dropped unread if it is longer than a field may be, in lower case. */
  readonly dropped: readonly string[];
  /** True: further documents may follow the first. */
  readonly manyDocuments?: boolean;
}

export type JsonFrame =
  /** A large array begins: `before` has what the object around it said so far. */
  | { readonly kind: 'open'; readonly array: string; readonly before: unknown }
  | {
      readonly kind: 'element';
      readonly array: string;
      readonly value: unknown;
      readonly at: number;
      /** Text was dropped from it. */
      readonly dropped: boolean;
      /** The element has itself a large array, which came before it and is empty here. */
      readonly split: boolean;
    }
  | { readonly kind: 'document'; readonly value: unknown };

interface Level {
  /** The array whose elements are at this level; empty for the document. */
  readonly array: string;
  /** Open brackets around an element. */
  readonly depth: number;
  /** Text of the current element that is no longer in the buffer. */
  saved: string;
  /** Where the rest of the current element begins in the buffer; -1: there is none. */
  from: number;
  at: number;
  dropped: boolean;
  split: boolean;
  after: 'open' | 'element' | 'comma';
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const maxDepth = 64;
/** One element: some list ten thousands of file paths. */
const maxElementBytes = 16_000_000;

export async function* jsonFrames(file: SourceFile, options: JsonFramesOptions): AsyncGenerator<JsonFrame[]> {
  const frames = new JsonFrames(options);
  for await (const { bytes, offset } of textChunks(file, options.format)) {
    const found = frames.write(bytes, offset);
    if (found.length > 0) yield found;
  }
  frames.end();
}

function levelOf(array: string, depth: number): Level {
  return { array, depth, saved: '', from: -1, at: 0, dropped: false, split: false, after: 'open' };
}

class JsonFrames {
  private buffer: Buffer = Buffer.alloc(0);
  private readonly room = new JoinedBytes();
  /** Of the first byte of the buffer in the file. */
  private base = 0;
  private next = 0;
  private depth = 0;
  private readonly levels: Level[] = [levelOf('', 0)];
  private inString = false;
  private escaped = false;
  private stringFrom = 0;
  private dropping = false;
  private found: JsonFrame[] = [];

  constructor(private readonly options: JsonFramesOptions) {}

  write(bytes: Buffer, offset: number): JsonFrame[] {
    const { level } = this;
    const kept = level.from < 0 ? this.buffer.subarray(this.buffer.length) : this.buffer.subarray(level.from);
    this.stringFrom -= this.buffer.length - kept.length;
    this.buffer = kept.length > 0 ? this.room.join(kept, bytes) : bytes;
    this.base = offset - kept.length;
    if (level.from >= 0) level.from = 0;
    this.next = kept.length;
    this.found = [];
    this.scan();
    if (this.level.from >= 0 && this.buffer.length - this.level.from > maxElementBytes) this.refuseElement();
    return this.found;
  }

  end(): void {
    const { level } = this;
    if (this.levels.length > 1 || level.from >= 0 || level.after === 'open') {
      throw this.error('truncated', this.buffer.length, 'truncated: the JSON document does not end');
    }
  }

  private get level(): Level {
    const level = this.levels[this.levels.length - 1];
    if (!level) throw new Error('the document is always a level');
    return level;
  }

  private scan(): void {
    while (this.next < this.buffer.length) {
      if (this.inString) {
        if (!this.passString()) return;
        continue;
      }
      this.take(this.buffer[this.next] ?? 0);
      this.next++;
    }
  }

  private take(byte: number): void {
    switch (byte) {
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        return;
      case quote:
        this.begin();
        this.inString = true;
        this.stringFrom = this.next + 1;
        return;
      case 0x7b: // {
      case 0x5b: // [
        this.openBracket(byte);
        return;
      case 0x7d: // }
      case 0x5d: // ]
        this.closeBracket(byte);
        return;
      case comma:
        if (this.depth === this.level.depth) this.separate();
        return;
      default:
        this.begin();
    }
  }

  /** An element begins here, unless it began earlier. */
  private begin(): void {
    const { level } = this;
    if (level.from >= 0) return;
    if (level.array === '' && this.buffer[this.next] !== 0x7b)
      throw this.error('malformed', this.next, 'expected { of a JSON object');
    if (level.after === 'element' && !(level.array === '' && this.options.manyDocuments)) {
      const expected = level.array === '' ? 'nothing after the JSON document' : 'a comma between two elements';
      throw this.error('malformed', this.next, `expected ${expected}`);
    }
    level.from = this.next;
    level.at = this.base + this.next;
  }

  private openBracket(byte: number): void {
    this.begin();
    const { level } = this;
    this.depth++;
    if (this.depth > maxDepth) throw this.error('malformed', this.next, `brackets are nested deeper than ${maxDepth}`);
    if (byte !== 0x5b || this.depth !== level.depth + 2) return;
    const name = memberNameBefore(this.buffer, this.next)?.toLowerCase();
    const array = level.array === '' ? name : `${level.array}.${name}`;
    if (array !== undefined && this.options.arrays.includes(array)) this.descend(level, array);
  }

  private descend(level: Level, array: string): void {
    level.saved += this.buffer.toString('utf8', level.from, this.next + 1);
    level.split = true;
    level.from = -1;
    if (level.saved.length > maxElementBytes) this.refuseElement();
    this.found.push({ kind: 'open', array, before: this.parse(`${level.saved}]}`, level.at) });
    this.levels.push(levelOf(array, this.depth));
  }

  private closeBracket(byte: number): void {
    let { level } = this;
    if (this.depth === level.depth) {
      if (byte !== 0x5d || this.levels.length === 1)
        throw this.error('malformed', this.next, 'a bracket closes that was not open');
      if (level.from >= 0) this.finish(this.next);
      else if (level.after === 'comma') throw this.error('malformed', this.next, 'expected an element after the comma');
      this.levels.pop();
      level = this.level;
      level.from = this.next;
    }
    this.depth--;
    if (this.depth === level.depth && level.from >= 0) this.finish(this.next + 1);
  }

  private separate(): void {
    const { level } = this;
    if (level.from >= 0) this.finish(this.next);
    if (level.after !== 'element' || level.array === '') throw this.error('malformed', this.next, 'expected no comma here');
    level.after = 'comma';
  }

  private finish(end: number): void {
    const { level } = this;
    const text = level.saved + this.buffer.toString('utf8', level.from, end);
    if (text.length > maxElementBytes) this.refuseElement();
    const value = this.parse(text, level.at);
    const { array, at, dropped, split } = level;
    this.found.push(array === '' ? { kind: 'document', value } : { kind: 'element', array, value, at, dropped, split });
    Object.assign(level, { saved: '', from: -1, dropped: false, split: false, after: 'element' });
  }

  /** JSON.parse repeats the text in its message, so that message goes nowhere. */
  private parse(text: string, at: number): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw new FormatError('malformed', this.options.format, { byte: at }, 'the object that begins here is not valid JSON');
    }
  }

  /** False: the string goes on in the next chunk. */
  private passString(): boolean {
    const found = this.buffer.indexOf(quote, this.next);
    const end = found < 0 ? this.buffer.length : found;
    let slashes = 0;
    while (end - slashes > this.next && this.buffer[end - slashes - 1] === backslash) slashes++;
    const reachesBack = slashes === end - this.next && this.escaped;
    const escaped = (slashes + (reachesBack ? 1 : 0)) % 2 === 1;
    if (!this.dropping && end - this.stringFrom > maxFieldBytes) this.refuseOrDrop();
    this.escaped = false;
    this.next = end;
    if (found < 0) {
      this.escaped = escaped;
      if (this.dropping) this.cut(end);
      return false;
    }
    if (escaped) this.next = end + 1;
    else this.closeString(end);
    return true;
  }

  private closeString(end: number): void {
    if (this.dropping) this.cut(end);
    this.dropping = false;
    this.inString = false;
    this.next++;
  }

  private refuseOrDrop(): void {
    const name = memberNameBefore(this.buffer, this.stringFrom - 1);
    if (name !== undefined && this.options.dropped.includes(name.toLowerCase())) {
      this.dropping = true;
      this.level.dropped = true;
      return;
    }
    const field = name === undefined ? 'a text' : JSON.stringify(shownName(name));
    throw this.error('too_large', this.stringFrom, `${field} is longer than ${maxFieldBytes} bytes`);
  }

  /** Forgets the text from the beginning of the string up to `end`. */
  private cut(end: number): void {
    const { level } = this;
    level.saved += this.buffer.toString('utf8', level.from, this.stringFrom);
    level.from = end;
    this.stringFrom = end;
  }

  private refuseElement(): never {
    throw this.error('too_large', this.level.from, `an element is longer than ${maxElementBytes} bytes`);
  }

  private error(fault: 'malformed' | 'truncated' | 'too_large', at: number, reason: string): FormatError {
    return new FormatError(fault, this.options.format, { byte: this.base + Math.max(at, 0) }, reason);
  }
}
