import { ProtocolError, protocolVersion, requests } from './protocol.js';

/** What a client sends up to and including Sync, Query, FunctionCall or Flush: the unit the engine runs without interruption. */
export interface Job {
  /** Owns its memory, so it can be transferred to the engine's thread. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** False for a job that ends in Flush: the engine answers it without ReadyForQuery. */
  readonly endsInReady: boolean;
}

export type Frame =
  | { readonly kind: 'encryption' | 'cancel' | 'startup' | 'terminate' }
  | { readonly kind: 'job'; readonly job: Job };

/** One import chunk is ~1.3 MB; PGlite copies a job three times, so PostgreSQL's own limit of 1 GB would not fit its memory. */
export const maximumJobBytes = 64 * 1024 * 1024;
/** PostgreSQL's MAX_STARTUP_PACKET_LENGTH. */
const maximumStartupBytes = 10_000;

/** Anything else sends the engine into an endless loop (measured with `z`), so it never gets there. */
const known = new Set('BCDEFHPQSXcdf');
const ending = new Set('SQFH');
/** COPY data sent after its COPY was refused: to be ignored, says the protocol. */
const copying = new Set('cdf');

/**
 * Cuts a client's byte stream into frames, however it was chunked.
 *
 * Chunks are kept as they came and joined once, when their job is complete: a message spread over n chunks costs n, not n².
 * `push` throws ProtocolError for what no sane client sends; the stream has no meaning after that.
 */
export class Framing {
  readonly #header = Buffer.alloc(8);
  #headerLength = 0;
  #bodyLeft = 0;
  #started = false;
  #messages = 0;
  #parts: Uint8Array[] = [];
  #size = 0;

  /** The frames that `chunk` completes, in order. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; ) {
      at = this.#read(chunk, at);
      if (!this.#messageIsComplete()) continue;
      this.#keep(chunk.subarray(from, at));
      from = at;
      const frame = this.#finishMessage();
      if (frame) frames.push(frame);
    }
    this.#keep(chunk.subarray(from));
    return frames;
  }

  /** Reads on in the current message, header first; returns how far it got. */
  #read(chunk: Uint8Array, at: number): number {
    const missing = this.#headerBytes() - this.#headerLength;
    if (missing === 0) {
      const taken = Math.min(this.#bodyLeft, chunk.length - at);
      this.#bodyLeft -= taken;
      return at + taken;
    }
    const part = chunk.subarray(at, at + missing);
    this.#header.set(part, this.#headerLength);
    this.#headerLength += part.length;
    if (part.length === missing) this.#readLength();
    return at + part.length;
  }

  /** A startup packet is read with its request code, a typed message with its letter. */
  #headerBytes(): number {
    return this.#started ? 5 : 8;
  }

  #messageIsComplete(): boolean {
    return this.#headerLength === this.#headerBytes() && this.#bodyLeft === 0;
  }

  #readLength(): void {
    const length = this.#header.readUInt32BE(this.#started ? 1 : 0);
    const counted = this.#started ? 4 : 8;
    const limit = this.#started ? maximumJobBytes - this.#size : maximumStartupBytes;
    if (this.#started && !known.has(this.#type())) {
      throw new ProtocolError('08P01', `unknown message type 0x${this.#header.toString('hex', 0, 1)}`);
    }
    if (length < counted) throw new ProtocolError('08P01', `message length ${length} is below ${counted}`);
    if (length > limit) {
      throw new ProtocolError('54000', `a message of ${length} bytes exceeds the ${limit} bytes left: send smaller chunks`);
    }
    this.#bodyLeft = length - counted;
  }

  #type(): string {
    return this.#header.toString('latin1', 0, 1);
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#size += part.length;
  }

  #finishMessage(): Frame | undefined {
    const frame = this.#started ? this.#finishTyped() : this.#finishStartup();
    this.#headerLength = 0;
    return frame;
  }

  #finishStartup(): Frame {
    this.#take();
    const code = this.#header.readUInt32BE(4);
    if (code === requests.ssl || code === requests.gssapi) return { kind: 'encryption' };
    if (code === requests.cancel) return { kind: 'cancel' };
    if (code !== protocolVersion) throw new ProtocolError('0A000', `protocol ${code >>> 16}.${code & 0xffff} is not 3.0`);
    this.#started = true;
    return { kind: 'startup' };
  }

  #finishTyped(): Frame | undefined {
    const type = this.#type();
    this.#messages += 1;
    if (type === 'X') {
      this.#take();
      return { kind: 'terminate' };
    }
    if (ending.has(type)) return { kind: 'job', job: { bytes: this.#take(), endsInReady: type !== 'H' } };
    if (copying.has(type) && this.#messages === 1) this.#take();
    return undefined;
  }

  /** Everything kept, joined; starts the next job. */
  #take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#size = 0;
    this.#messages = 0;
    return bytes;
  }
}
