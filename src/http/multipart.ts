import { isUtf8 } from 'node:buffer';
import { VigieError } from '../domain/errors.js';

export interface MultipartForm {
  readonly image: Buffer | undefined;
  readonly fields: ReadonlyMap<string, string>;
}

export interface Part {
  readonly name: string;
  readonly hasFileName: boolean;
  readonly type: string;
  readonly content: Buffer;
}

const maxFields = 8;
const maxFieldBytes = 64 * 1024;
const maxHeaderBytes = 16 * 1024;
/** RFC 2046, 5.1.1. */
const maxBoundaryChars = 70;
const malformed = 'body: malformed multipart/form-data';
/** These leave the bytes as they are. RFC 7578, 4.7 deprecates the others. */
export const plainEncodings: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary', 'identity']);

/**
 * Reads one image named `image`, and text fields. The whole body is in memory already, so nothing waits and nothing is copied.
 *
 * @throws VigieError `bad_request`, or `unsupported_media_type` for a part that is encoded.
 */
export function parseMultipart(body: Buffer, contentType: string): MultipartForm {
  const fields = new Map<string, string>();
  let image: Buffer | undefined;
  let numberOfFields = 0;
  for (const part of readParts(body, contentType)) {
    if (isImage(part)) {
      if (image) throw refusal('image: send one file only');
      image = part.content;
    } else {
      if (++numberOfFields > maxFields) throw refusal(`body: has more than ${maxFields} fields, the limit`);
      fields.set(part.name, textOf(part));
    }
  }
  return { image, fields };
}

/** All parts, under any names. @throws as `parseMultipart`. */
export function partsOfForm(body: Buffer, contentType: string): Part[] {
  const parts: Part[] = [];
  for (const part of readParts(body, contentType)) {
    if (parts.push(part) > maxFields + 1) throw refusal(`body: has more than ${maxFields} fields, the limit`);
    if (!part.hasFileName) textOf(part);
  }
  return parts;
}

function* readParts(body: Buffer, contentType: string): Generator<Part> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw refusal('content-type: multipart/form-data must name a boundary of 1 to 70 characters');
  for (const bytes of partsOf(body, boundary)) yield parsePart(bytes);
}

/** Undefined if the type names no boundary, or one that is too long. */
export function boundaryOf(contentType: string): string | undefined {
  const boundary = parameter(contentType, 'boundary');
  return boundary && boundary.length <= maxBoundaryChars ? boundary : undefined;
}

function refusal(detail: string): VigieError {
  return new VigieError('bad_request', detail);
}

/** Headers and content of each part. Text before the first delimiter and after the last is no part. */
function* partsOf(body: Buffer, boundary: string): Generator<Buffer> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  // The first delimiter needs no line break before it.
  const startsAtOnce = body.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2));
  let start: number | undefined;
  let at = startsAtOnce ? -2 : body.indexOf(delimiter);
  for (; at !== -1; at = body.indexOf(delimiter, at + 2)) {
    const after = at + delimiter.length;
    const isLast = body.subarray(after, after + 2).toString('latin1') === '--';
    const next = isLast ? after : lineEnd(body, after);
    // Only the beginning of this line looks like a delimiter.
    if (next === undefined) continue;
    if (start !== undefined) yield body.subarray(start, at);
    if (isLast) return;
    // The line break stays: it is the first half of the empty line of a part without headers.
    start = next;
  }
  throw refusal(malformed);
}

/** Where the line break after the blanks begins. */
function lineEnd(body: Buffer, from: number): number | undefined {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  return body[at] === 0x0d && body[at + 1] === 0x0a ? at : undefined;
}

function parsePart(bytes: Buffer): Part {
  const end = bytes.subarray(0, maxHeaderBytes).indexOf('\r\n\r\n');
  if (end < 0) throw refusal(malformed);
  const headers = headersOf(bytes.toString('utf8', 0, end));
  const disposition = headers.get('content-disposition') ?? '';
  const name = parameter(disposition, 'name');
  if (!/^form-data\s*(;|$)/i.test(disposition) || name === undefined)
    throw refusal('body: each part needs the header Content-Disposition: form-data; name="..."');
  refuseEncodings(name, headers);
  return {
    name,
    hasFileName: parameter(disposition, 'filename') !== undefined || parameter(disposition, 'filename*') !== undefined,
    type: (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    content: bytes.subarray(end + 4),
  };
}

function headersOf(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  // A line that begins with a blank continues the one before it.
  for (const line of text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon < 1 || headers.has(name) || /[\r\n\0]/.test(line)) throw refusal(malformed);
    headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** Otherwise the hashes would be those of the encoded text. */
function refuseEncodings(name: string, headers: ReadonlyMap<string, string>): void {
  for (const header of ['Content-Transfer-Encoding', 'Content-Encoding']) {
    const encoding = headers.get(header.toLowerCase());
    if (encoding === undefined || plainEncodings.has(encoding.toLowerCase())) continue;
    const detail = `${name}: ${header} ${encoding} is not supported; send the bytes themselves, without this header`;
    throw new VigieError('unsupported_media_type', detail);
  }
}

/** The value of `name` in a header such as `form-data; name="image"; filename="a.jpg"`. */
function parameter(header: string, name: string): string | undefined {
  for (const [, key = '', quoted, token] of header.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g)) {
    if (key.toLowerCase() === name) return quoted?.replace(/\\(["\\])/g, '$1') ?? token;
  }
  return undefined;
}

/** @throws VigieError `bad_request` for a file of another name, and for text in place of an image. */
function isImage({ name, hasFileName, type, content }: Part): boolean {
  if (hasFileName && name !== 'image') throw refusal(`${name}: unknown file; send one file named "image"`);
  if (hasFileName || name !== 'image') return hasFileName;
  // Some clients send no file name. No format of images is valid UTF-8 without a zero byte.
  const isBytes = type.startsWith('image/') || type === 'application/octet-stream';
  if (isBytes || content.length === 0 || !isUtf8(content) || content.includes(0)) return true;
  throw refusal('image: is text; send the bytes of the image, with a file name or Content-Type image/*');
}

function textOf({ name, content }: Part): string {
  if (content.length > maxFieldBytes) throw refusal(`${name}: the field has more than ${maxFieldBytes} bytes, the limit`);
  if (!isUtf8(content)) throw refusal(`${name}: the field must be UTF-8 text`);
  return content.toString('utf8');
}
