import type { Original } from '../originals.js';
import { open, type Picture } from '../picture.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Cuts a picture to a size in px. Different places of one seed show different subjects; `place` is 0 to 5. */
export type Album = (seed: number, place: number, size: Size) => Promise<Picture>;

/** Temptations use the places 0 to 5. */
export const places = 6;

/** `pictures` must show different subjects. */
export function albumOf(pictures: readonly Picture[]): Album {
  if (pictures.length < places) throw new Error(`album: expected at least ${places} pictures, got ${pictures.length}`);
  return async (seed, place, { width, height }) => {
    const picture = pictures[(seed * places + place) % pictures.length];
    if (!picture) throw new Error(`album: there is no picture ${place} of seed ${seed}`);
    const data = await open(picture).resize(width, height, { fit: 'cover' }).raw().toBuffer();
    return { name: picture.name, data, width, height };
  };
}

/** These show the desk of exif-rotn-1 once more. */
const sameDesk = /exif-rotn-[368]\.jpg$/;

/** Without thirds of photographs, because two of them may show the same subject. */
export function albumOfOriginals(originals: readonly Original[]): Album {
  return albumOf(
    originals.filter(({ source, origin }) => source !== 'region' && !sameDesk.test(origin)).map(({ picture }) => picture),
  );
}
