/** PDQ hashes searched at once. Their hits become objects without a pause, and a gigabyte if a large batch meets a heap. */
const maxHashes = 128;
/** 4 ms of the main thread. */
const wantedHits = 4_000;

/** How many PDQ hashes of a batch to search at once: fewer when those before hit many hashes each. */
export class PartSize {
  private size = maxHashes;

  get hashes(): number {
    return this.size;
  }

  found(hits: number, hashes: number): void {
    const perHash = hits / Math.max(1, hashes);
    this.size = Math.max(1, Math.min(maxHashes, Math.floor(wantedHits / perHash)));
  }
}
