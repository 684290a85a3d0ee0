import type { IncomingMessage } from 'node:http';
import { VigieError } from '../domain/errors.js';
import type { AddressRule } from './addresses.js';
import { isAbsence, RemoteError, reasonOf } from './errors.js';
import { oneAnswer } from './one-answer.js';
import { Progress } from './progress.js';
import type { Resolve } from './resolve.js';

export interface RemoteLimits {
  readonly maxBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxRedirects: number;
  /** For everything, from the name to the last byte. */
  readonly timeoutMs: number;
  /** Within this time some bytes of the body, or its rest, must arrive. */
  readonly stallMs: number;
}

export const defaultRemoteLimits = { maxHeaderBytes: 16_384, maxRedirects: 3, timeoutMs: 15_000, stallMs: 5_000 };

export interface RemoteRequest {
  readonly url: string;
  /** Asked again for each redirect. */
  allows(url: URL): boolean;
  readonly signal: AbortSignal;
  /** Hears of each piece of the body before it is kept. What it throws ends the fetch. */
  arrived?(bytes: number): void;
}

export interface RemoteFile {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/** Fetches one file into memory, only from allowed hosts, and only from addresses that `addresses` permits. */
export class RemoteFiles {
  constructor(
    private readonly addresses: AddressRule,
    private readonly resolve: Resolve,
    private readonly limits: RemoteLimits,
  ) {}

  /** @throws RemoteError, or the reason of the signal */
  async fetch(request: RemoteRequest): Promise<RemoteFile> {
    let url = allowedUrl(request.url, undefined, request);
    const progress = new Progress(this.limits, request.signal);
    try {
      for (let redirects = 0; ; redirects++) {
        const answer = await this.answerOf(url, progress);
        try {
          const next = redirectOf(answer, url);
          if (next === undefined) return await this.fileOf(answer, url, progress, request);
          if (redirects === this.limits.maxRedirects) throw failed(url, `it redirected more than ${redirects} times`);
          url = allowedUrl(next, url, request);
        } finally {
          answer.destroy();
        }
      }
    } catch (error) {
      request.signal.throwIfAborted();
      throw failureOf(error, url, progress);
    } finally {
      progress.end();
    }
  }

  private async answerOf(url: URL, { signal }: Progress): Promise<IncomingMessage> {
    const addresses = await this.addressesOf(url, signal);
    signal.throwIfAborted();
    const refused = addresses.find((address) => !this.addresses.permits(address));
    if (refused !== undefined) throw new RemoteError('refused', `the address ${refused} is not public`, url.host);
    // As with a private address. Otherwise whoever can point a name at another would learn which inner names exist.
    if (addresses.length === 0) throw new RemoteError('refused', 'its name has no address', url.host);
    return oneAnswer({ url, addresses, maxHeaderBytes: this.limits.maxHeaderBytes, signal });
  }

  private async addressesOf({ hostname }: URL, signal: AbortSignal): Promise<readonly string[]> {
    if (hostname.startsWith('[')) return [hostname.slice(1, -1)];
    if (/^[\d.]+$/.test(hostname)) return [hostname];
    return this.resolve(hostname, signal).catch((error: unknown) => {
      if (isAbsence(error)) return [];
      throw error;
    });
  }

  private async fileOf(answer: IncomingMessage, url: URL, progress: Progress, request: RemoteRequest): Promise<RemoteFile> {
    const contentType = checkedHead(answer, url);
    const { maxBytes } = this.limits;
    const tooLarge = () => new RemoteError('too_large', `the file has more than ${maxBytes} bytes, the limit`, url.host);
    if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of answer as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > maxBytes) throw tooLarge();
      progress.arrived(piece.length);
      request.arrived?.(piece.length);
      pieces.push(piece);
    }
    // A body without a length also ends, as if complete, when the connection is closed on this side.
    progress.signal.throwIfAborted();
    if (size === 0) throw failed(url, 'its answer is empty');
    return { bytes: Buffer.concat(pieces, size), contentType };
  }
}

/**
 * The URL as it is used from then on: what is checked and what is asked are the same object.
 *
 * @param base the address that redirects
 * @throws RemoteError `refused`
 */
function allowedUrl(text: string, base: URL | undefined, { allows }: Pick<RemoteRequest, 'allows'>): URL {
  // The parser would drop or turn these, and readers of the text would see another host than Vigie.
  if (/[\s\\\p{Cc}]/u.test(text)) throw new RemoteError('refused', 'the URL has a space, a control character or a backslash');
  if (!URL.canParse(text, base?.href)) throw new RemoteError('refused', 'the URL cannot be read');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new RemoteError('refused', 'the scheme is neither http nor https', url.host);
  if (url.username !== '' || url.password !== '')
    throw new RemoteError('refused', 'the URL has a user name or password', url.host);
  if (!allows(url)) throw new RemoteError('refused', 'the organisation may not fetch from this host and port', url.host);
  url.hash = '';
  return url;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function redirectOf({ statusCode = 0, headers }: IncomingMessage, url: URL): string | undefined {
  if (!redirects.has(statusCode)) return undefined;
  if (!headers.location) throw failed(url, `it answered ${statusCode} without a new address`);
  // Node gives header bytes as Latin-1.
  return Buffer.from(headers.location, 'latin1').toString();
}

/** The content type. @throws RemoteError `failed` */
function checkedHead({ statusCode, headers }: IncomingMessage, url: URL): string {
  if (statusCode !== 200) throw failed(url, `it answered ${statusCode}`);
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  // Unpacked, a small answer may be of any size. Packed, its hashes would be those of another file.
  if (encoding !== '' && encoding !== 'identity')
    throw failed(url, 'its answer is compressed, though Vigie asked for none of that');
  const transfer = headers['transfer-encoding']?.trim().toLowerCase() ?? 'chunked';
  if (transfer !== 'chunked') throw failed(url, 'its answer is compressed for the transfer');
  const contentType = headers['content-type']?.trim();
  if (!contentType) throw failed(url, 'its answer has no Content-Type');
  return contentType;
}

function failureOf(error: unknown, url: URL, progress: Progress): unknown {
  if (progress.why !== undefined) return failed(url, progress.why, error);
  // A VigieError comes from `arrived`.
  return error instanceof RemoteError || error instanceof VigieError ? error : failed(url, reasonOf(error), error);
}

function failed({ host }: URL, why: string, cause?: unknown): RemoteError {
  return new RemoteError('failed', why, host, cause);
}
