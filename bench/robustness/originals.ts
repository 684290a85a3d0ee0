import sharp from 'sharp';
import { minimumQuality } from '../../src/domain/hash.js';
import { photographs, stampFiles } from './photographs.js';
import { load, type Picture } from './picture.js';
import { scene } from './scenes.js';

/** px of the longest side. */
const maxSide = 960;
/** The left and right thirds of a photograph this wide become originals too. */
const minWidthForThirds = 2_400;
/** Thirds and scenes must be rich in detail. Photographs need only the usual minimum quality. */
const bestQuality = 100;
/** Scenes from this number on are pictures unrelated to all originals. */
export const maxScenes = 10_000;

export interface Original {
  readonly picture: Picture;
  readonly source: 'photograph' | 'region' | 'scene';
  /** Originals with the same origin may show the same content. */
  readonly origin: string;
}

export async function originals(
  wanted: number,
  folder: string | undefined,
  qualityOf: (picture: Picture) => Promise<number>,
): Promise<Original[]> {
  const taken: Original[] = [];
  for await (const original of candidates(folder)) {
    if (taken.length === wanted) break;
    const minQuality = original.source === 'photograph' ? minimumQuality : bestQuality;
    if ((await qualityOf(original.picture)) >= minQuality) taken.push(original);
  }
  return taken;
}

async function* candidates(folder: string | undefined): AsyncGenerator<Original> {
  const files = photographs(folder);
  for (const path of files) {
    yield { picture: await load(nameOf(path), sharp(path), maxSide), source: 'photograph', origin: path };
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

async function third(path: string, part: 'left' | 'right'): Promise<Picture | undefined> {
  const { width, height } = (await sharp(path).metadata()).autoOrient;
  if (width < minWidthForThirds) return undefined;
  const across = Math.floor(width / 3);
  const down = Math.min(height, Math.floor((across * 4) / 3));
  const area = { left: part === 'left' ? 0 : width - across, top: (height - down) >> 1, width: across, height: down };
  const upright = await sharp(path).autoOrient().extract(area).png({ compressionLevel: 0 }).toBuffer();
  return load(`${nameOf(path)}, ${part}`, sharp(upright), maxSide);
}

function nameOf(path: string): string {
  return path.split('/').slice(-4).join('/');
}
