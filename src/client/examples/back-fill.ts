/** Matches what a platform has already, in batches. `backFill` is the processor of a BullMQ worker: `new Worker('back-fill', backFill(...))`. */
import type { BatchItem, Vigie } from '../index.js';
import { type Visibility, visibilityAfter } from './visibility.js';

/** The part of a BullMQ job that is needed here. */
export interface Job {
  readonly data: { readonly photos: readonly string[] };
  updateData(data: { photos: readonly string[] }): Promise<void>;
}

export interface Photos {
  /**
   * One item per photo, with the hashes that the platform stored, for example those of `vigie.hash`. Leave out a photo that `vigie.hash`
   * calls `unscannable`: `no_known_match` would say little about it. A photo without an item is held.
   */
  hashesOf(photos: readonly string[]): AsyncIterable<BatchItem>;
  /** `shown` ends a hold of this job, not what a moderator decided. */
  setVisibility(photo: string, visibility: Visibility): Promise<void>;
}

/** Photos without a verdict are held, and stay in the job: the error makes BullMQ try them again (`attempts`, `backoff`). */
export function backFill(vigie: Vigie, photos: Photos): (job: Job) => Promise<void> {
  return async (job) => {
    const left = new Set(job.data.photos);
    for await (const result of vigie.matchMany(photos.hashesOf(job.data.photos))) {
      await photos.setVisibility(result.id, visibilityAfter(result));
      if (result.verdict !== 'unavailable') left.delete(result.id);
    }
    if (left.size === 0) return;
    for (const photo of left) await photos.setVisibility(photo, 'held');
    await job.updateData({ photos: [...left] });
    throw new Error(`${left.size} photos have no verdict yet and are held`);
  };
}
