/**
 * Where harmless pictures come from: Debian packages and the PDQ reference's own photographs, or a folder of somebody's own.
 *
 * Every file here shows something else: of one motif in several sizes or edits there is one.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

/** `pdq/` beside the checkout; VIGIE_REFERENCE says where else. */
const reference = join(process.env.VIGIE_REFERENCE ?? resolve(packageRoot(), '..', 'shared'), 'pdq', 'images');
const mate = '/usr/share/backgrounds/mate/nature';
const gnome = '/usr/share/backgrounds/gnome';
const plasma = '/usr/share/wallpapers';
const stamps = '/usr/share/tuxpaint/stamps';

/** Wallpapers that photograph or paint something; patterns and plain colours are left out. */
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

/** Files of photographs, in an order that is the same everywhere; those of packages that are not installed are absent. */
export function photographs(folder: string | undefined): string[] {
  if (folder) return filesIn(folder, /\.(jpe?g|png|webp|avif|tiff?)$/i);
  return [
    ...filesIn(mate, /\.jpg$/),
    ...['truchet-l.webp', 'pixels-l.webp'].map((name) => join(gnome, name)),
    ...plasmaNames.flatMap((name) => filesIn(join(plasma, name, 'contents', 'images'), /^(2560|3840|5120).*\.(jpg|png)$/)),
    ...referenceNames.map((name) => join(reference, name)),
  ].filter((path) => existsSync(path));
}

/** Photographed objects with transparency around them. */
export function stampFiles(): string[] {
  return filesIn(stamps, /^(?!.*_mirror).*\.png$/);
}

function filesIn(folder: string, name: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
