import { correctCopyRefusalCode } from './copy-refusal.js';

/** The engine gives 8 KB at a time, and a message between threads costs about 10 µs. */
const partBytes = 256 * 1024;
/** ReadyForQuery without its status. */
const ready = [0x5a, 0, 0, 0, 5];

export class JobOutput {
  readonly #send: (part: Uint8Array<ArrayBuffer>) => void;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #tail: number[] = [];

  constructor(send: (part: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** `view` is valid during this call only. */
  push(view: Uint8Array): void {
    const chunk = view.slice();
    correctCopyRefusalCode(chunk);
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    this.#tail = [...this.#tail, ...chunk.subarray(-6)].slice(-6);
    if (this.#size >= partBytes) this.flush();
  }

  /** The status of a final ReadyForQuery: I (idle), T (in a transaction), E (in a failed one). */
  status(): string | undefined {
    const [letter] = this.#tail.slice(ready.length);
    return letter !== undefined && ready.every((byte, at) => this.#tail[at] === byte) ? String.fromCharCode(letter) : undefined;
  }

  flush(): void {
    if (this.#size === 0) return;
    const part = new Uint8Array(this.#size);
    let at = 0;
    for (const chunk of this.#chunks) {
      part.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [];
    this.#size = 0;
    this.#send(part);
  }
}
