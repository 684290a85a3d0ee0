/** Two different photographs under the same sticker or in the same frame. */
import { randomFrom } from '../../random.js';
import { emoji, logo, text } from '../edits/drawings.js';
import { saved } from '../picture.js';
import type { Album } from './album.js';
import { page } from './canvas.js';
import type { Temptation } from './pair.js';

const size = { width: 480, height: 360 };

type Draw = (seed: number) => string;

function over(album: Album, name: string, sharedShare: number, draw: Draw): Temptation {
  return {
    ...{ kind: 'same sticker', name, sharedShare },
    async build(seed) {
      const stuck = async (place: number) =>
        saved(page(size, '#000000', [{ picture: await album(seed, place, size), left: 0, top: 0 }], draw(seed)));
      return { enrolled: await stuck(0), asked: await stuck(1) };
    },
  };
}

/** `edge` is the share of the width on each side. */
function framed(album: Album, name: string, edge: number, background: string, draw: Draw = () => ''): Temptation {
  const margin = Math.round(size.width * edge);
  const inner = { width: size.width - 2 * margin, height: size.height - 2 * margin };
  return {
    ...{ kind: 'same frame', name, sharedShare: 1 - (inner.width * inner.height) / (size.width * size.height) },
    async build(seed) {
      const hung = async (place: number) => {
        const layer = { picture: await album(seed, place, inner), left: margin, top: margin };
        return saved(page(size, background, [layer], draw(seed)));
      };
      return { enrolled: await hung(0), asked: await hung(1) };
    },
  };
}

/** Discs of many colours along the four sides, none over the photograph. */
function ornament(edge: number): Draw {
  const margin = size.width * edge;
  return (seed) => {
    const random = randomFrom(seed + 7);
    const discs = Array.from({ length: 160 }, () => {
      const along = random();
      const depth = random() * margin;
      const [x, y] = [
        [along * size.width, depth],
        [along * size.width, size.height - depth],
        [depth, along * size.height],
        [size.width - depth, along * size.height],
      ][Math.floor(random() * 4)] ?? [0, 0];
      const room = Math.min(depth, margin - depth);
      return `<circle cx="${x}" cy="${y}" r="${room.toFixed(1)}" fill="hsl(${Math.floor(random() * 360)} 80% ${30 + Math.floor(random() * 50)}%)"/>`;
    });
    return discs.join('');
  };
}

export function stickers(album: Album): Temptation[] {
  const { width, height } = size;
  const disc = (share: number) => (Math.PI * (height * share) ** 2) / 4 / (width * height);
  return [
    over(album, 'emoji of 60 % of the height', disc(0.6), () => emoji(width / 2 - height * 0.3, height * 0.2, height * 0.6)),
    over(album, 'emoji of 80 % of the height', disc(0.8), () => emoji(width * 0.1, height * 0.1, height * 0.8)),
    over(album, 'logo of 60 % of the height', 0.27, () => logo(width * 0.5, height * 0.3, height * 0.6)),
    over(
      album,
      'banner of 35 % across',
      0.35,
      (seed) =>
        `<rect y="${height * 0.32}" width="${width}" height="${height * 0.35}" fill="#e02020"/>
      ${text({ x: 30, y: height * 0.4, size: height * 0.18, letters: 8, colour: '#fff' }, randomFrom(seed))}`,
    ),
    framed(album, 'plain frame of 10 %', 0.1, '#202020'),
    framed(album, 'plain frame of 15 %', 0.15, '#ffffff'),
    framed(album, 'plain frame of 20 %', 0.2, '#cc3333'),
    framed(album, 'ornate frame of 12 %', 0.12, '#553311', ornament(0.12)),
    framed(album, 'ornate frame of 18 %', 0.18, '#eeddaa', ornament(0.18)),
  ];
}
