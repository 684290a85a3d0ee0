/** Pictures from Debian packages and the PDQ reference. Each shows a different subject. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

const reference = join(process.env.VIGIE_REFERENCE ?? resolve(packageRoot(), '..', 'shared'), 'pdq', 'images');
const mate = '/usr/share/backgrounds/mate/nature';
const gnome = '/usr/share/backgrounds/gnome';
const plasma = '/usr/share/wallpapers';
const stamps = '/usr/share/tuxpaint/stamps';

/** Without wallpapers that are patterns or plain colours. */
const plasmaNames = [
  'Autumn',
  'BytheWater',
  'Canopee',
  'ColdRipple',
  'ColorfulCups',
  'EveningGlow',
  'FallenLeaf',
  'FlyingKonqui',
  'Grey',
  'IceCold',
  'Kite',
  'Kokkini',
  'OneStandsOut',
  'Path',
  'SafeLanding',
  'summer_1am',
];
const referenceNames = [
  'bridge-mods/aaa-orig.jpg',
  'reg-test-input/pen-and-coaster.png',
  ...[1, 3, 6, 8].map((n) => `reg-test-input/exif-rotn/exif-rotn-${n}.jpg`),
  ...['q0003', 'q0004', 'q0122', 'q0291', 'q0746', 'q1050', 'q2821'].map((name) => `reg-test-input/labelme-subset/${name}.jpg`),
];

export const packages = ['mate-backgrounds', 'gnome-backgrounds', 'plasma-workspace-wallpapers', 'tuxpaint-stamps-default'];

/** Leaves out packages that are not installed. The order is the same on every machine. */
export function photographs(folder: string | undefined): string[] {
  if (folder) return filesIn(folder, /\.(jpe?g|png|webp|avif|tiff?)$/i);
  return [
    ...filesIn(mate, /\.jpg$/),
    ...['truchet-l.webp', 'pixels-l.webp'].map((name) => join(gnome, name)),
    ...plasmaNames.flatMap((name) => filesIn(join(plasma, name, 'contents', 'images'), /^(2560|3840|5120).*\.(jpg|png)$/)),
    ...referenceNames.map((name) => join(reference, name)),
  ].filter((path) => existsSync(path));
}

export function stampFiles(): string[] {
  return filesIn(stamps, /^(?!.*_mirror).*\.png$/);
}

export function filesIn(folder: string, name: RegExp, recursive = true): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
