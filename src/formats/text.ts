/** Text formats are UTF-8. A byte that is none, a NUL and UTF-16 refuse the file, with the place. */
import { isUtf8 } from 'node:buffer';
import { FormatError, type SourceFile } from './format.js';

/** No field or line is longer. */
export const maxFieldBytes = 1_000_000;

export interface TextChunk {
  /** Whole characters only. */
  readonly bytes: Buffer;
  /** Where `bytes` begins in the file. */
  readonly offset: number;
}

/** The bytes of a text file without its byte order mark. */
export async function* textChunks(file: SourceFile, format: string): AsyncGenerator<TextChunk> {
  let carried: Buffer = Buffer.alloc(0);
  let offset = 0;
  let first = true;
  for await (const piece of file.chunks()) {
    let bytes = carried.length > 0 ? Buffer.concat([carried, piece]) : asBuffer(piece);
    if (first) {
      // The mark has three bytes, and a stream may begin with a piece of one.
      if (bytes.length < 3) {
        carried = bytes;
        continue;
      }
      const mark = markLength(bytes, format);
      bytes = bytes.subarray(mark);
      offset += mark;
      first = false;
    }
    const whole = wholeCharacters(bytes);
    const text = bytes.subarray(0, whole);
    assertText(text, offset, format);
    if (whole > 0) yield { bytes: text, offset };
    carried = bytes.subarray(whole);
    offset += whole;
  }
  if (first && carried.length > 0) {
    markLength(carried, format);
    assertText(carried, offset, format);
    yield { bytes: carried, offset };
  } else if (carried.length > 0) {
    throw new FormatError('truncated', format, { byte: offset }, 'truncated: it ends inside a character');
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function markLength(bytes: Buffer, format: string): number {
  const [a, b, c] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new FormatError('encoding', format, { byte: 0 }, 'is UTF-16: save it as UTF-8');
  }
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
}

/** The length without an incomplete character at the end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xf8) return bytes.length;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return size > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function assertText(bytes: Buffer, offset: number, format: string): void {
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new FormatError('encoding', format, { byte: offset + nul }, 'has a NUL byte: it is no UTF-8 text');
  if (isUtf8(bytes)) return;
  const byte = offset + firstBadByte(bytes);
  throw new FormatError('encoding', format, { byte }, 'has a byte that is not UTF-8: save it as UTF-8');
}

/** By halving: a prefix that a strict decoder takes has no bad byte. */
function firstBadByte(bytes: Buffer): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return bad - 1;
}

function decodes(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Lines without their LF or CRLF, in batches. */
export async function* textLines(file: SourceFile, format: string): AsyncGenerator<TextLine[]> {
  let rest = '';
  let number = 0;
  for await (const { bytes } of textChunks(file, format)) {
    const lines = (rest + bytes.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    assertLength(rest, number + 1, format);
    yield lines.map((text) => lineOf(text, ++number, format));
  }
  if (rest !== '') yield [lineOf(rest, ++number, format)];
}

/** Without blank lines and comments. */
export async function* contentLines(file: SourceFile, format: string): AsyncGenerator<TextLine[]> {
  for await (const lines of textLines(file, format)) {
    yield lines.filter(({ text }) => text !== '' && !text.startsWith('#'));
  }
}

function lineOf(text: string, number: number, format: string): TextLine {
  assertLength(text, number, format);
  return { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
}

function assertLength(text: string, line: number, format: string): void {
  if (text.length <= maxFieldBytes) return;
  throw new FormatError('too_large', format, { line }, `is longer than ${maxFieldBytes} characters`);
}

/** The beginning of a file as text, for `detect`. */
export function textOf(head: Uint8Array): string {
  return asBuffer(head)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
}
