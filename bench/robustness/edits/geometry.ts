import sharp from 'sharp';
import type { Random } from '../../random.js';
import { open, type Picture, saved } from '../picture.js';
import { type Edit, oneOf, pixels } from './edit.js';

/** Shares of the picture. */
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

const rotations: Edit[] = [90, 180, 270].map((degrees) => ({
  kind: 'rotation',
  name: `rotation ${degrees}`,
  apply: (picture) => saved(open(picture).rotate(degrees)),
}));

const flips: Edit[] = [
  { kind: 'flip', name: 'mirrored', apply: (picture) => saved(open(picture).flop()) },
  { kind: 'flip', name: 'upside down, mirrored', apply: (picture) => saved(open(picture).flip()) },
  { kind: 'flip', name: 'transposed', apply: async (picture) => saved(await transposed(picture)) },
  { kind: 'flip', name: 'transposed the other way', apply: async (picture) => saved((await transposed(picture)).rotate(180)) },
];

/** Takes two passes, because sharp always flips before it rotates. */
async function transposed(picture: Picture) {
  return sharp(await open(picture).flop().png({ compressionLevel: 1 }).toBuffer()).rotate(270);
}

/** Empty corners remain, as in a skewed scan. */
function tiltedOnBackground(picture: Picture, degrees: number, random: Random): Promise<Buffer> {
  return saved(open(picture).rotate(degrees, { background: oneOf(['#000', '#fff'], random) }));
}

/** Cuts out the largest upright rectangle of the same shape, as phones do. */
async function tiltedAndCropped(picture: Picture, degrees: number): Promise<Buffer> {
  const { width, height } = picture;
  const angle = (Math.abs(degrees) * Math.PI) / 180;
  const scale = 1 / (Math.cos(angle) + (Math.max(width, height) / Math.min(width, height)) * Math.sin(angle));
  const { data, info } = await open(picture).rotate(degrees).raw().toBuffer({ resolveWithObject: true });
  const size = { width: pixels(width * scale), height: pixels(height * scale) };
  const left = Math.round((info.width - size.width) / 2);
  const top = Math.round((info.height - size.height) / 2);
  return saved(open({ data, width: info.width, height: info.height }).extract({ left, top, ...size }));
}

const tilts: Edit[] = [1, 2, 3, 4, 5].map((degrees) => ({
  kind: 'tilt',
  name: `tilt ${degrees} degrees`,
  apply(picture, random) {
    const signed = oneOf([degrees, -degrees], random);
    return random() < 0.5 ? tiltedOnBackground(picture, signed, random) : tiltedAndCropped(picture, signed);
  },
}));

export const geometryEdits: readonly Edit[] = [...centred, ...oneSided, ...rotations, ...flips, ...tilts];
