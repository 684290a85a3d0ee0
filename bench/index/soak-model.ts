/** What an index under change must answer: hashes by ordinal, with the times at which they came and went. */
import { type Random, randomHashes, turnBits } from '../random.js';
import { hashAt, hashBytes } from './data.js';

/** A question about one stored hash, or about one that was removed. */
export interface Question {
  readonly hex: string;
  readonly bytes: Uint8Array;
  readonly ordinal: number;
  readonly distance: number;
}

interface Held {
  readonly ordinal: number;
  /** Its place in the memory of the model. */
  readonly place: number;
  readonly value: Uint8Array;
}

interface Found {
  readonly ordinal: number;
  readonly distance: number;
}

/** Share of the questions that ask for a hash that is gone. */
const askedAfter = 0.25;
/** Removed hashes that are still asked for and known as removed. */
const remembered = 20_000;

/** Time is counted in changes: whatever changed before `now` was taken had been applied to the index. */
export class SoakModel {
  now = 0;
  wrong = 0;
  private readonly living: Held[] = [];
  private gone: Held[] = [];
  private readonly values = new Map<number, Uint8Array>();
  private readonly removedAt = new Map<number, number>();
  private last = 0;
  /** All values there are, in one memory: arrays of their own would fragment the heap, and that would look like a leak of the index. */
  private readonly memory: Uint8Array;
  private readonly free: number[] = [];
  private places = 0;

  constructor(initial: Uint8Array) {
    this.memory = new Uint8Array(initial.length + 4 * remembered * hashBytes);
    for (let number = 0; number < initial.length / hashBytes; number++) this.hold(hashAt(initial, number));
  }

  /** New hashes; a fifth lie near living ones. Tell the index before anything else happens. */
  add(count: number, random: Random): Held[] {
    this.now++;
    const fresh = randomHashes(count, random);
    return Array.from({ length: count }, (_, at) => {
      const near = random() < 0.2 ? this.living[Math.floor(random() * this.living.length)] : undefined;
      const value = hashAt(fresh, at);
      if (near) {
        value.set(near.value);
        turnBits(value, Math.floor(random() * 8), random);
      }
      return this.hold(value);
    });
  }

  /** Ordinals to be removed from the index at once. */
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
      if (this.gone.length > 2 * remembered) this.forget();
      return held.ordinal;
    });
  }

  /** A living or removed hash with 0 to `radius` bits turned. */
  ask(radius: number, random: Random): Question {
    const from = this.gone.length > 0 && random() < askedAfter ? this.gone : this.living;
    const held = from[Math.floor(random() * from.length)];
    if (!held) throw new Error('there is nothing to ask for');
    const bytes = held.value.slice();
    const distance = Math.floor(random() * (radius + 1));
    turnBits(bytes, distance, random);
    return { hex: Buffer.from(bytes).toString('hex'), bytes, ordinal: held.ordinal, distance };
  }

  /**
   * Counts as wrong: the hash asked for, living from before `began` until now, is missing; a hash is found that was gone before `began`; one
   * is found twice, or at an untrue distance.
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
    const place = this.free.pop() ?? this.places++;
    const own = this.memory.subarray(place * hashBytes, (place + 1) * hashBytes);
    own.set(value);
    const held = { ordinal: ++this.last, place, value: own };
    this.living.push(held);
    this.values.set(held.ordinal, own);
    return held;
  }

  /** Lets go of the hashes that went first, so that the model does not grow; were one found again, its value would be unknown: wrong. */
  private forget(): void {
    for (const { ordinal, place } of this.gone.slice(0, -remembered)) {
      this.values.delete(ordinal);
      this.removedAt.delete(ordinal);
      this.free.push(place);
    }
    this.gone = this.gone.slice(-remembered);
  }
}

function distanceOf(one: Uint8Array, other: Uint8Array): number {
  let distance = 0;
  for (let at = 0; at < one.length; at++) {
    for (let bits = (one[at] ?? 0) ^ (other[at] ?? 0); bits > 0; bits &= bits - 1) distance++;
  }
  return distance;
}
