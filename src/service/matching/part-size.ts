/** PDQ hashes searched at once. Their hits become objects without a pause, and a gigabyte if a large batch meets a heap. */
const maxHashes = 128;
/** 4 ms of the main thread. */
const wantedCandidates = 4_000;

/** How many PDQ hashes of a batch to search at once: fewer when those before found many entries each. */
export class PartSize {
  private size = maxHashes;

  get hashes(): number {
    return this.size;
  }

  found(candidates: number, hashes: number): void {
    const perHash = candidates / Math.max(1, hashes);
    this.size = Math.max(1, Math.min(maxHashes, Math.floor(wantedCandidates / perHash)));
  }
}
