import { ProtocolError, protocolVersion, requests } from './protocol.js';

/** Messages up to and including Sync, Query, FunctionCall or Flush. The engine runs a job without interruption. */
export interface Job {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** False for a job that ends in Flush. */
  readonly endsInReady: boolean;
}

export type Frame =
  | { readonly kind: 'encryption' | 'cancel' | 'startup' | 'terminate' }
  | { readonly kind: 'job'; readonly job: Job };

/** An import sends 1.3 MB. PGlite copies a job three times, so PostgreSQL's limit of 1 GB would exceed its memory. */
export const maxJobBytes = 64 * 1024 * 1024;
/** As in PostgreSQL. */
const maxStartupBytes = 10_000;

/** Other types send the engine into an endless loop (measured with `z`). */
const knownTypes = new Set('BCDEFHPQSXcdf');
const endsJob = new Set('SQFH');
/** A server must ignore these after it refused a COPY. */
const copyTypes = new Set('cdf');

/** Cuts a byte stream into frames. It joins chunks once per job, so a message of n chunks costs O(n), not O(n²). */
export class Framing {
  readonly #header = Buffer.alloc(8);
  #headerLength = 0;
  #bodyLeft = 0;
  #started = false;
  #messages = 0;
  #parts: Uint8Array[] = [];
  #size = 0;

  /** @throws ProtocolError; the stream is unusable afterwards. */
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

  /** Returns the position after the bytes it read. */
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

  #headerBytes(): number {
    return this.#started ? 5 : 8;
  }

  #messageIsComplete(): boolean {
    return this.#headerLength === this.#headerBytes() && this.#bodyLeft === 0;
  }

  #readLength(): void {
    const length = this.#header.readUInt32BE(this.#started ? 1 : 0);
    const counted = this.#started ? 4 : 8;
    const limit = this.#started ? maxJobBytes - this.#size : maxStartupBytes;
    if (this.#started && !knownTypes.has(this.#type())) {
      throw new ProtocolError('08P01', `unknown message type 0x${this.#header.toString('hex', 0, 1)}`);
    }
    if (length < counted) throw new ProtocolError('08P01', `message length ${length} is below the minimum of ${counted}`);
    if (length > limit) {
      throw new ProtocolError(
        '54000',
        `a message of ${length} bytes exceeds the ${limit} bytes left for its job: send smaller chunks`,
      );
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
    if (code !== protocolVersion)
      throw new ProtocolError('0A000', `protocol ${code >>> 16}.${code & 0xffff} is not supported: use 3.0`);
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
    if (endsJob.has(type)) return { kind: 'job', job: { bytes: this.#take(), endsInReady: type !== 'H' } };
    if (copyTypes.has(type) && this.#messages === 1) this.#take();
    return undefined;
  }

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
