import { correctCopyRefusalCode } from './copy-refusal.js';

/** The engine gives 8 KB at a time. A message between threads costs about 10 µs, so output travels in larger parts. */
const partBytes = 256 * 1024;
/** ReadyForQuery: 'Z', length 5. The status letter follows. */
const ready = [0x5a, 0, 0, 0, 5];

/** Collects the engine's answer to one job and sends it in parts. */
export class JobOutput {
  readonly #send: (part: Uint8Array<ArrayBuffer>) => void;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #tail: number[] = [];

  constructor(send: (part: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** Copies `view`: it points into the engine's memory and is valid during this call only. */
  push(view: Uint8Array): void {
    const chunk = view.slice();
    correctCopyRefusalCode(chunk);
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    this.#tail = [...this.#tail, ...chunk.subarray(-6)].slice(-6);
    if (this.#size >= partBytes) this.flush();
  }

  /** The transaction status if the output ends in ReadyForQuery: I (idle), T (in a transaction), E (in a failed transaction). */
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
