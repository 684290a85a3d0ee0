/**
 * Divides a limited amount between holders. A holder may take `share` of what the others leave, so a greedy one never takes
 * everything, and a new one always finds room.
 */
export class Shares {
  private readonly holders = new Map<string, number>();
  private all = 0;

  constructor(
    private readonly total: number,
    private readonly share: number,
  ) {}

  heldBy(holder: string): number {
    return this.holders.get(holder) ?? 0;
  }

  /** What the holder may have at this moment, with what it has already. */
  limitOf(holder: string): number {
    return Math.floor((this.total - this.all + this.heldBy(holder)) * this.share);
  }

  /** False: there is no room, and nothing was taken. */
  take(holder: string, amount: number): boolean {
    const held = this.heldBy(holder) + amount;
    if (held > this.limitOf(holder)) return false;
    this.holders.set(holder, held);
    this.all += amount;
    return true;
  }

  give(holder: string, amount: number): void {
    const held = this.heldBy(holder) - amount;
    if (held > 0) this.holders.set(holder, held);
    else this.holders.delete(holder);
    this.all -= amount;
  }
}
