/** Crops, turns, flips and tilts. */
import sharp from 'sharp';
import type { Random } from '../../random.js';
import { open, type Picture, saved } from '../picture.js';
import { type Edit, oneOf, pixels } from './edit.js';

/** Shares of the picture that are cut off each side. */
export interface Cut {
  readonly left?: number;
  readonly top?: number;
  readonly right?: number;
  readonly bottom?: number;
}

export function cropped(picture: Picture, { left = 0, top = 0, right = 0, bottom = 0 }: Cut) {
  const { width, height } = picture;
  const [x, y] = [Math.round(width * left), Math.round(height * top)];
  return open(picture).extract({
    left: x,
    top: y,
    width: pixels(width * (1 - right)) - x,
    height: pixels(height * (1 - bottom)) - y,
  });
}

/** `percent` of width and height go, half on each side. */
const centred: Edit[] = [1, 3, 5, 8, 10, 15, 20].map((percent) => ({
  kind: 'crop, centred',
  name: `crop ${percent} %`,
  apply: (picture) => {
    const cut = percent / 200;
    return saved(cropped(picture, { left: cut, top: cut, right: cut, bottom: cut }));
  },
}));

const oneSided: Edit[] = [1, 3, 5, 8, 10, 15, 20].map((percent) => ({
  kind: 'crop, one side',
  name: `crop ${percent} % of one side`,
  apply: (picture, random) => {
    const cut = percent / 100;
    return saved(cropped(picture, oneOf<Cut>([{ left: cut }, { top: cut }, { right: cut }, { bottom: cut }], random)));
  },
}));

const turns: Edit[] = [90, 180, 270].map((degrees) => ({
  kind: 'rotation',
  name: `rotation ${degrees}`,
  apply: (picture) => saved(open(picture).rotate(degrees)),
}));

const flips: Edit[] = [
  { kind: 'flip', name: 'mirrored', apply: (picture) => saved(open(picture).flop()) },
  { kind: 'flip', name: 'upside down, mirrored', apply: (picture) => saved(open(picture).flip()) },
  { kind: 'flip', name: 'transposed', apply: async (picture) => saved(await turned(picture)) },
  { kind: 'flip', name: 'transposed the other way', apply: async (picture) => saved((await turned(picture)).rotate(180)) },
];

/** sharp flips before it turns, whatever the order of calls: a second pass keeps ours. */
async function turned(picture: Picture) {
  return sharp(await open(picture).flop().png({ compressionLevel: 1 }).toBuffer()).rotate(270);
}

/** The corners stay empty, as of a scan laid askew. */
function onGround(picture: Picture, degrees: number, random: Random): Promise<Buffer> {
  return saved(open(picture).rotate(degrees, { background: oneOf(['#000', '#fff'], random) }));
}

/** As phones straighten pictures: the largest upright rectangle of the same shape, without an empty corner. */
async function inside(picture: Picture, degrees: number): Promise<Buffer> {
  const { width, height } = picture;
  const angle = (Math.abs(degrees) * Math.PI) / 180;
  const scale = 1 / (Math.cos(angle) + (Math.max(width, height) / Math.min(width, height)) * Math.sin(angle));
  const { data, info } = await open(picture).rotate(degrees).raw().toBuffer({ resolveWithObject: true });
  const size = { width: pixels(width * scale), height: pixels(height * scale) };
  const left = Math.round((info.width - size.width) / 2);
  const top = Math.round((info.height - size.height) / 2);
  return saved(open({ data, width: info.width, height: info.height }).extract({ left, top, ...size }));
}

/** To either side, half of them cut upright again. */
const tilts: Edit[] = [1, 2, 3, 4, 5].map((degrees) => ({
  kind: 'tilt',
  name: `tilt ${degrees} degrees`,
  apply(picture, random) {
    const signed = oneOf([degrees, -degrees], random);
    return random() < 0.5 ? onGround(picture, signed, random) : inside(picture, signed);
  },
}));

export const geometryEdits: readonly Edit[] = [...centred, ...oneSided, ...turns, ...flips, ...tilts];
