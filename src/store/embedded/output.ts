import { nameCopyRefusal } from './copy.js';

/** The engine gives 8 KB at a time; a message between threads costs ~10 µs, so they travel in larger parts. */
const partBytes = 256 * 1024;
/** ReadyForQuery: 'Z', length 5, one letter of status. */
const ready = [0x5a, 0, 0, 0, 5];

/** Gathers what the engine answers to one job, and knows whether that ended in ReadyForQuery. */
export class Output {
  readonly #send: (part: Uint8Array<ArrayBuffer>) => void;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #tail: number[] = [];

  constructor(send: (part: Uint8Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** Takes a view into the engine's memory, valid during the call only. */
  push(view: Uint8Array): void {
    const chunk = view.slice();
    nameCopyRefusal(chunk);
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    this.#tail = [...this.#tail, ...chunk.subarray(-6)].slice(-6);
    if (this.#size >= partBytes) this.flush();
  }

  /** Transaction status when the answer ends in ReadyForQuery: I (idle), T (in a transaction), E (in a failed one). */
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
