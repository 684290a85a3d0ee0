import type { EntryRequest } from './openapi.js';

/** The bytes of an image file. A stream can be sent only once, so a call with a stream is never repeated. */
export type Image = Uint8Array | Blob | ReadableStream<Uint8Array>;

/** An image that Vigie fetches itself, if its operator allows it. */
export interface ImageAddress {
  readonly url: string;
}

/** What to enrol: hashes, or an image of which Vigie stores the hashes. */
export type EnrolRequest = EntryRequest | (Omit<EntryRequest, 'hashes'> & { readonly image: Uint8Array | Blob });

export interface RequestBody {
  /** Not `BodyInit`: without the types of browsers there is none. */
  readonly body: string | Uint8Array<ArrayBuffer> | Blob | FormData | ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
}

const imageTags: ReadonlySet<string> = new Set(['Uint8Array', 'Blob', 'File', 'ReadableStream']);

/** Test runners have classes of their own, so that \`instanceof\` is false for the same thing. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

export function isImage(value: unknown): value is Image {
  return imageTags.has(tagOf(value));
}

export function isStream(value: unknown): value is ReadableStream<Uint8Array> {
  return tagOf(value) === 'ReadableStream';
}

function isBytes(value: Image): value is Uint8Array {
  return tagOf(value) === 'Uint8Array';
}

export function imageBody(image: Image): RequestBody {
  const type = 'type' in image && image.type.startsWith('image/') ? image.type : 'application/octet-stream';
  return { body: isBytes(image) ? plain(image) : image, headers: { 'content-type': type } };
}

/** fetch refuses only arrays on shared memory. Their type would refuse every Buffer. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** @throws TypeError for what is no object, such as the path of a file. */
export function jsonBody(document: object): RequestBody {
  if (typeof document !== 'object' || document === null)
    throw new TypeError('expected the bytes of an image, or an object with hashes or url');
  return { body: JSON.stringify(document), headers: { 'content-type': 'application/json' } };
}

export function entryBody(request: EnrolRequest): RequestBody {
  if (!('image' in request)) return jsonBody(request);
  const { image, ...entry } = request;
  const form = new FormData();
  form.set('image', isBytes(image) ? new Blob([plain(image)]) : image, 'image');
  form.set('entry', JSON.stringify(entry));
  return { body: form };
}
