import type { Random } from '../../random.js';
import type { Picture } from '../picture.js';

/** One way in which a copy differs from its original. */
export interface Edit {
  /** What results are averaged by. */
  readonly kind: string;
  /** Unique in the suite. */
  readonly name: string;
  /** The file somebody would upload. `random` is seeded by original and edit: sides, places and signs vary over the originals. */
  apply(picture: Picture, random: Random): Promise<Buffer>;
}

/** A whole number of pixels, at least 1. */
export function pixels(length: number): number {
  return Math.max(1, Math.round(length));
}

export function oneOf<Item>(items: readonly [Item, ...Item[]], random: Random): Item {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
