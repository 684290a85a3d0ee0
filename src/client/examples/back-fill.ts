/** Matches what a platform has already, in batches. `backFill` is the processor of a BullMQ worker: `new Worker('back-fill', backFill(...))`. */
import type { BatchItem, Vigie } from '../index.js';
import { type Visibility, visibilityAfter } from './visibility.js';

/** The part of a BullMQ job that is needed here. */
export interface Job {
  readonly data: { readonly photos: readonly string[] };
  updateData(data: { photos: readonly string[] }): Promise<void>;
}

export interface Photos {
  /** The hashes that the platform stored, for example those of `vigie.hash`. */
  hashesOf(photos: readonly string[]): AsyncIterable<BatchItem>;
  setVisibility(photo: string, visibility: Visibility): Promise<void>;
}

/** Photos without a verdict are held, and stay in the job: the error makes BullMQ try them again (`attempts`, `backoff`). */
export function backFill(vigie: Vigie, photos: Photos): (job: Job) => Promise<void> {
  return async (job) => {
    const left: string[] = [];
    for await (const result of vigie.matchMany(photos.hashesOf(job.data.photos))) {
      await photos.setVisibility(result.id, visibilityAfter(result));
      if (result.verdict === 'unavailable') left.push(result.id);
    }
    if (left.length === 0) return;
    await job.updateData({ photos: left });
    throw new Error(`${left.length} photos have no verdict yet and are held`);
  };
}
