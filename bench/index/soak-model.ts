/** Knows which answers of a changing index are right. */
import { flipBitsInPlace, type Random, randomHashes } from '../random.js';
import { hashAt, hashBytes } from './workload.js';

export interface Question {
  readonly hex: string;
  readonly bytes: Uint8Array;
  readonly ordinal: number;
  readonly distance: number;
}

interface Held {
  readonly ordinal: number;
  readonly slot: number;
  readonly value: Uint8Array;
}

interface Found {
  readonly ordinal: number;
  readonly distance: number;
}

const removedShare = 0.25;
const rememberedHashes = 20_000;

/** Time is counted in changes. All changes up to `now` are in the index. */
export class SoakModel {
  now = 0;
  wrong = 0;
  private readonly living: Held[] = [];
  private gone: Held[] = [];
  private readonly values = new Map<number, Uint8Array>();
  private readonly removedAt = new Map<number, number>();
  private last = 0;
  /** One buffer, because many small arrays would fragment the heap and look like a memory leak. */
  private readonly memory: Uint8Array;
  private readonly freeSlots: number[] = [];
  private slots = 0;

  constructor(initial: Uint8Array) {
    this.memory = new Uint8Array(initial.length + 4 * rememberedHashes * hashBytes);
    for (let number = 0; number < initial.length / hashBytes; number++) this.hold(hashAt(initial, number));
  }

  /** Creates hashes, a fifth of them near living ones. The caller must add them to the index at once. */
  add(count: number, random: Random): Held[] {
    this.now++;
    const fresh = randomHashes(count, random);
    return Array.from({ length: count }, (_, at) => {
      const near = random() < 0.2 ? this.living[Math.floor(random() * this.living.length)] : undefined;
      const value = hashAt(fresh, at);
      if (near) {
        value.set(near.value);
        flipBitsInPlace(value, Math.floor(random() * 8), random);
      }
      return this.hold(value);
    });
  }

  /** The caller must remove these ordinals from the index at once. */
  remove(count: number, random: Random): number[] {
    this.now++;
    return Array.from({ length: count }, () => {
      const at = Math.floor(random() * this.living.length);
      const held = this.living[at];
      const end = this.living.pop();
      if (!held || !end) throw new Error('nothing is left to remove');
      if (end !== held) this.living[at] = end;
      this.removedAt.set(held.ordinal, this.now);
      this.gone.push(held);
      if (this.gone.length > 2 * rememberedHashes) this.forget();
      return held.ordinal;
    });
  }

  ask(radius: number, random: Random): Question {
    const from = this.gone.length > 0 && random() < removedShare ? this.gone : this.living;
    const held = from[Math.floor(random() * from.length)];
    if (!held) throw new Error('the model is empty');
    const bytes = held.value.slice();
    const distance = Math.floor(random() * (radius + 1));
    flipBitsInPlace(bytes, distance, random);
    return { hex: Buffer.from(bytes).toString('hex'), bytes, ordinal: held.ordinal, distance };
  }

  /**
   * Counts wrong answers: a hash that lived all the time since `began` is missing, or a hash that was removed before `began` is found,
   * or a hash is found twice or with a wrong distance.
   */
  check({ ordinal, bytes, distance }: Question, hits: readonly Found[], began: number): void {
    const own = hits.find((hit) => hit.ordinal === ordinal);
    if (!this.removedAt.has(ordinal) && this.values.has(ordinal) && own?.distance !== distance) this.wrong++;
    if (new Set(hits.map((hit) => hit.ordinal)).size !== hits.length) this.wrong++;
    for (const hit of hits) {
      const value = this.values.get(hit.ordinal);
      const removed = this.removedAt.get(hit.ordinal);
      if (!value || (removed !== undefined && removed <= began) || distanceOf(value, bytes) !== hit.distance) this.wrong++;
    }
  }

  private hold(value: Uint8Array): Held {
    const slot = this.freeSlots.pop() ?? this.slots++;
    const own = this.memory.subarray(slot * hashBytes, (slot + 1) * hashBytes);
    own.set(value);
    const held = { ordinal: ++this.last, slot, value: own };
    this.living.push(held);
    this.values.set(held.ordinal, own);
    return held;
  }

  /** Keeps the model small. If the index finds a forgotten hash, that counts as wrong. */
  private forget(): void {
    for (const { ordinal, slot } of this.gone.slice(0, -rememberedHashes)) {
      this.values.delete(ordinal);
      this.removedAt.delete(ordinal);
      this.freeSlots.push(slot);
    }
    this.gone = this.gone.slice(-rememberedHashes);
  }
}

function distanceOf(one: Uint8Array, other: Uint8Array): number {
  let distance = 0;
  for (let at = 0; at < one.length; at++) {
    for (let bits = (one[at] ?? 0) ^ (other[at] ?? 0); bits > 0; bits &= bits - 1) distance++;
  }
  return distance;
}
