/**
 * The pictures that are enrolled and edited: photographs, then further regions of the large ones, then scenes of stamps on an invented
 * ground. Regions of one photograph do not overlap.
 */
import sharp from 'sharp';
import { photographs, stampFiles } from './photographs.js';
import { load, type Picture } from './picture.js';
import { scene } from './scenes.js';

/** Longest side of an original, px. */
const longest = 960;
/** A photograph at least this wide gives regions as well: each keeps 800 px of its own. */
const wideEnough = 2_400;
/** Thirds of the width, each a picture of its own shape. */
const regions = 3;

export interface Original {
  readonly picture: Picture;
  readonly source: 'photograph' | 'region' | 'scene';
}

/** Up to `wanted` originals: whatever comes first of photographs, regions and scenes. `accept` says which are worth enrolling. */
export async function originals(
  wanted: number,
  folder: string | undefined,
  accept: (picture: Picture) => Promise<boolean>,
): Promise<Original[]> {
  const taken: Original[] = [];
  for await (const original of candidates(folder)) {
    if (taken.length === wanted) break;
    if (await accept(original.picture)) taken.push(original);
  }
  return taken;
}

async function* candidates(folder: string | undefined): AsyncGenerator<Original> {
  const files = photographs(folder);
  for (const path of files) yield { picture: await load(nameOf(path), sharp(path), longest), source: 'photograph' };
  for (const path of files) {
    for (let part = 0; part < regions; part++) {
      const picture = await region(path, part);
      if (picture) yield { picture, source: 'region' };
    }
  }
  const stamps = stampFiles();
  for (let number = 0; stamps.length > 0 && number < 10_000; number++)
    yield { picture: await scene(number, stamps), source: 'scene' };
}

async function region(path: string, part: number): Promise<Picture | undefined> {
  const { width, height } = (await sharp(path, { limitInputPixels: false }).metadata()).autoOrient;
  if (width < wideEnough) return undefined;
  const each = Math.floor(width / regions);
  const upright = await sharp(path)
    .autoOrient()
    .extract({ left: part * each, top: 0, width: each, height })
    .png({ compressionLevel: 0 })
    .toBuffer();
  return load(`${nameOf(path)}, part ${part + 1}`, sharp(upright), longest);
}

function nameOf(path: string): string {
  return path.split('/').slice(-4).join('/');
}
