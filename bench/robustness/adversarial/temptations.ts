import type { Album } from './album.js';
import { collages } from './collages.js';
import { memes } from './memes.js';
import type { Temptation } from './pair.js';
import { screenshots } from './screenshots.js';
import { series } from './series.js';
import { sharedBackgrounds, sharedSides } from './shared-parts.js';
import { stickers } from './stickers.js';
import { templates } from './templates.js';

export function temptations(album: Album): Temptation[] {
  return [templates, collages, sharedSides, sharedBackgrounds, memes, series, screenshots, stickers].flatMap((build) =>
    build(album),
  );
}
