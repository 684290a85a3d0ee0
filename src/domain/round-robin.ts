/** Waiting items of several keys. The keys take turns, so one that waits with many items delays the others by one each round. */
export class RoundRobin<Item> {
  private readonly waiting = new Map<string, Item[]>();
  size = 0;

  add(key: string, item: Item): void {
    const items = this.waiting.get(key);
    if (items) items.push(item);
    else this.waiting.set(key, [item]);
    this.size++;
  }

  take(): Item | undefined {
    for (const [key, items] of this.waiting) {
      const item = items.shift();
      this.size--;
      this.waiting.delete(key);
      // Behind all others.
      if (items.length > 0) this.waiting.set(key, items);
      return item;
    }
    return undefined;
  }
}
