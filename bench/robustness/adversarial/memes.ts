/** The same photograph with other captions. Enrolled is the meme, so its harmless photograph must stay. */
import { type Random, randomFrom } from '../../random.js';
import { text } from '../edits/drawings.js';
import { open, type Picture, saved } from '../picture.js';
import type { Album } from './album.js';
import { page } from './canvas.js';
import type { Temptation } from './pair.js';

const size = { width: 480, height: 360 };
const shares = [0.12, 0.15, 0.2];

type Caption = (picture: Picture, random: Random) => Promise<Buffer>;

interface Line {
  readonly y: number;
  readonly high: number;
  readonly colour: string;
}

function line({ y, high, colour }: Line, random: Random): string {
  const letterSize = high * 0.5;
  const letters = Math.floor((size.width * 0.9) / (letterSize * 0.8));
  return text({ x: size.width * 0.05, y: y + high * 0.25, size: letterSize, letters, colour }, random);
}

function bandsOutside(share: number, places: readonly ('above' | 'below')[]): Caption {
  return (picture, random) => {
    const high = Math.round(picture.height * share);
    const top = places.includes('above') ? high : 0;
    const height = picture.height + high * places.length;
    const drawn = places.map((place) => line({ y: place === 'above' ? 0 : height - high, high, colour: '#000' }, random));
    return saved(page({ width: picture.width, height }, '#ffffff', [{ picture, left: 0, top }], drawn.join('')));
  };
}

function bandsOver(share: number): Caption {
  return (picture, random) => {
    const high = Math.round(picture.height * share);
    const drawn = [0, picture.height - high].map(
      (y) => `<rect y="${y}" width="${picture.width}" height="${high}" fill="#fff"/>${line({ y, high, colour: '#000' }, random)}`,
    );
    return saved(page(picture, '#ffffff', [{ picture, left: 0, top: 0 }], drawn.join('')));
  };
}

function letters(share: number): Caption {
  return (picture, random) => {
    const high = picture.height * share * 2;
    const drawn = [0, picture.height - high].map((y) => line({ y, high, colour: '#fff' }, random));
    return saved(page(picture, '#ffffff', [{ picture, left: 0, top: 0 }], drawn.join('')));
  };
}

/** The smallest caption: a line of 16 letters, 3 % of the height, below a photograph in a white border. */
const borderWithLine: Caption = (picture, random) => {
  const [edge, foot] = [Math.round(picture.height * 0.05), Math.round(picture.height * 0.12)];
  const paper = { width: picture.width + 2 * edge, height: picture.height + edge + foot };
  const y = picture.height + edge + foot * 0.35;
  const drawn = text({ x: paper.width * 0.3, y, size: picture.height * 0.03, letters: 16, colour: '#000' }, random);
  return saved(page(paper, '#ffffff', [{ picture, left: edge, top: edge }], drawn));
};

const captions: readonly (readonly [string, Caption, number?])[] = [
  ...shares.map((share) => [`bands of ${share * 100} % outside`, bandsOutside(share, ['above', 'below'])] as const),
  ['band of 20 % above', bandsOutside(0.2, ['above'])],
  ...shares.map((share) => [`bands of ${share * 100} % over it`, bandsOver(share), 1 - 2 * share] as const),
  ['letters over it', letters(0.11)],
  ['large letters over it', letters(0.18)],
];

function otherCaption(album: Album, name: string, caption: Caption, sharedShare?: number): Temptation {
  return {
    ...{ kind: 'meme, other caption', name: `${name}, other captions` },
    ...(sharedShare !== undefined && { sharedShare }),
    async build(seed) {
      const picture = await album(seed, 0, size);
      const asked = await caption(picture, randomFrom(seed * 2 + 2));
      return { enrolled: await caption(picture, randomFrom(seed * 2 + 1)), asked };
    },
  };
}

function plainAsked(album: Album, name: string, caption: Caption): Temptation {
  return {
    ...{ kind: 'meme, plain photograph asked', name: `${name}, plain photograph asked`, oneWay: true },
    async build(seed) {
      const picture = await album(seed, 0, size);
      return { enrolled: await caption(picture, randomFrom(seed * 2 + 1)), asked: await saved(open(picture)) };
    },
  };
}

export function memes(album: Album): Temptation[] {
  return [
    ...captions.map(([name, caption, sharedShare]) => otherCaption(album, name, caption, sharedShare)),
    ...captions.map(([name, caption]) => plainAsked(album, name, caption)),
    // Two such pages have a distance of 0 to 12 bits, so no rule can tell them apart.
    plainAsked(album, 'small line on a border', borderWithLine),
  ];
}
