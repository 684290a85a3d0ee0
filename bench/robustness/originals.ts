/** The pictures that are enrolled and edited: photographs, then parts of the large ones, then scenes of stamps on an invented ground. */
import sharp from 'sharp';
import { minimumQuality } from '../../src/domain/hash.js';
import { photographs, stampFiles } from './photographs.js';
import { load, type Picture } from './picture.js';
import { scene } from './scenes.js';

/** Longest side of an original, px. */
const longest = 960;
/** A photograph at least this wide gives its left and right thirds as well: each has 800 px of its own. */
const wideEnough = 2_400;
/** Thirds and scenes are our own choice, so they are rich in detail; photographs are taken as they come. */
const bestQuality = 100;
/** Scenes from this number on are pictures unrelated to all originals. */
export const maxScenes = 10_000;

export interface Original {
  readonly picture: Picture;
  readonly source: 'photograph' | 'region' | 'scene';
  /** Originals of one origin may show the same. */
  readonly origin: string;
}

/** Up to `wanted` originals, whatever comes first. `qualityOf` gives PDQ quality, of which photographs need 50. */
export async function originals(
  wanted: number,
  folder: string | undefined,
  qualityOf: (picture: Picture) => Promise<number>,
): Promise<Original[]> {
  const taken: Original[] = [];
  for await (const original of candidates(folder)) {
    if (taken.length === wanted) break;
    const least = original.source === 'photograph' ? minimumQuality : bestQuality;
    if ((await qualityOf(original.picture)) >= least) taken.push(original);
  }
  return taken;
}

async function* candidates(folder: string | undefined): AsyncGenerator<Original> {
  const files = photographs(folder);
  for (const path of files) {
    yield { picture: await load(nameOf(path), sharp(path), longest), source: 'photograph', origin: path };
  }
  for (const path of files) {
    for (const part of ['left', 'right'] as const) {
      const picture = await third(path, part);
      if (picture) yield { picture, source: 'region', origin: path };
    }
  }
  const stamps = stampFiles();
  for (let number = 0; stamps.length > 0 && number < maxScenes; number++) {
    yield { picture: await scene(number, stamps), source: 'scene', origin: `scene ${number}` };
  }
}

/** The left or right third of a wide photograph, 3:4 upright or lower. */
async function third(path: string, part: 'left' | 'right'): Promise<Picture | undefined> {
  const { width, height } = (await sharp(path).metadata()).autoOrient;
  if (width < wideEnough) return undefined;
  const across = Math.floor(width / 3);
  const down = Math.min(height, Math.floor((across * 4) / 3));
  const area = { left: part === 'left' ? 0 : width - across, top: (height - down) >> 1, width: across, height: down };
  const upright = await sharp(path).autoOrient().extract(area).png({ compressionLevel: 0 }).toBuffer();
  return load(`${nameOf(path)}, ${part}`, sharp(upright), longest);
}

function nameOf(path: string): string {
  return path.split('/').slice(-4).join('/');
}
