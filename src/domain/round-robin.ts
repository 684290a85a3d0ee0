/**
 * Waiting items of several keys. The keys take turns, so one that waits with many items delays the others by one each round. Of one key
 * the item with the lowest rank comes first.
 */
export class RoundRobin<Item> {
  private readonly waiting = new Map<string, Ranked<Item>[]>();
  size = 0;

  add(key: string, item: Item, rank = 0): void {
    const items = this.waiting.get(key) ?? [];
    this.waiting.set(key, items);
    let at = items.length;
    while (at > 0 && (items[at - 1]?.rank ?? 0) > rank) at--;
    items.splice(at, 0, { item, rank });
    this.size++;
  }

  take(): Item | undefined {
    for (const [key, items] of this.waiting) {
      const first = items.shift();
      this.size--;
      this.waiting.delete(key);
      // Behind all others.
      if (items.length > 0) this.waiting.set(key, items);
      return first?.item;
    }
    return undefined;
  }
}

interface Ranked<Item> {
  readonly item: Item;
  readonly rank: number;
}
