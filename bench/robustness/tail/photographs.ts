/**
 * Photographs of different subjects, and some drawings, from Debian packages. They need not be installed: `dpkg-deb --extract` into one
 * folder is enough.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { filesIn } from '../photographs.js';
import { webpFilesIn } from './webp-files.js';

export const packages = [
  'gcompris-qt-data',
  'lomiri-wallpapers-16.04',
  'lomiri-wallpapers-20.04',
  'mate-backgrounds',
  'ukui-wallpapers',
];

/** The other resources of gcompris-qt-data are drawings and paintings, some from one template. */
const resources = /^(categorization|explore_(farm_animals|monuments|world_animals|world_music))\.rcc$/;
const minWebpBytes = 12_000;
/** Smaller files are icons and patterns. */
const minFileBytes = 60_000;

/** Wallpapers that a computer drew. */
const drawings =
  /^(2004default|Fossa_|Infinite-Sea|Painting-Colors|analogpattern|calla|city|desert|firstgeneration|fluent-color|focal|goldfish|rhythm|rollpaper|string|the-mouse|umang)/;

export interface PhotographFile {
  readonly name: string;
  readonly isDrawing: boolean;
  readonly bytes: () => Buffer;
}

/** In the same order on every machine. `root` is `/`, or the folder with the extracted packages. */
export function photographFiles(root: string): PhotographFile[] {
  const share = join(root, 'usr', 'share');
  const carved = filesIn(join(share, 'gcompris-qt', 'rcc'), resources).flatMap((path) =>
    webpFilesIn(readFileSync(path), minWebpBytes).map((bytes, at) => ({
      name: `${path} ${at}`,
      isDrawing: false,
      bytes: () => bytes,
    })),
  );
  return [...carved, ...wallpapers(join(share, 'backgrounds'))];
}

function wallpapers(folder: string): PhotographFile[] {
  const name = /\.(jpg|png)$/;
  const inside = [...filesIn(folder, name, false), ...filesIn(join(folder, 'mate', 'nature'), name)];
  return inside
    .filter((path) => existsSync(path) && statSync(path).size >= minFileBytes)
    .map((path) => ({ name: path, isDrawing: drawings.test(basename(path)), bytes: () => readFileSync(path) }));
}
