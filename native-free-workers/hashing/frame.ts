import type { Raster } from './raster.js';

/** One page of a file as one viewer shows it. */
export interface Frame {
  /** `full` is the first page. Others are named by page and manner of reading: `on_black`, `frame_2`, `frame_2_unprofiled`. */
  readonly variant: string;
  readonly page: number;
  readonly raster: Raster;
}
