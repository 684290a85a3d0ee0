import type { Random } from '../../random.js';
import type { Picture } from '../picture.js';

export interface Edit {
  readonly kind: string;
  /** Unique in the suite. */
  readonly name: string;
  /** Returns the edited file. `random` varies sides, places and directions between originals. */
  apply(picture: Picture, random: Random): Promise<Buffer>;
}

export function pixels(length: number): number {
  return Math.max(1, Math.round(length));
}

export function oneOf<Item>(items: readonly [Item, ...Item[]], random: Random): Item {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
