import type { Random } from '../../random.js';
import { open, type Picture, saved } from '../picture.js';
import { emoji, logo, svg, text } from './drawings.js';
import { type Edit, oneOf, pixels } from './edit.js';

type Draw = (picture: Picture, random: Random) => string;

function over(kind: string, name: string, draw: Draw): Edit {
  return {
    kind,
    name,
    apply: (picture, random) =>
      saved(open(picture).composite([{ input: svg(picture.width, picture.height, draw(picture, random)) }])),
  };
}

/** `share` is the band's part of the height. */
function band(
  { width, height }: Picture,
  share: number,
  place: 'top' | 'bottom',
  colours: readonly [string, string],
  random: Random,
): string {
  const high = height * share;
  const top = place === 'top' ? 0 : height - high;
  const size = high * 0.5;
  const letters = Math.floor((width * 0.9) / (size * 0.8));
  const line = text({ x: width * 0.05, y: top + high * 0.25, size, letters, colour: colours[1] }, random);
  return `<rect y="${top}" width="${width}" height="${high}" fill="${colours[0]}"/>${line}`;
}

const white = ['#fff', '#000'] as const;
const black = ['#000', '#fff'] as const;

const caption: Edit = {
  kind: 'text band',
  name: 'caption above, 20 %',
  apply(picture, random) {
    const high = pixels(picture.height * 0.2);
    const drawn = svg(picture.width, high, band({ ...picture, height: high }, 1, 'top', white, random));
    const taller = open(picture).extend({ top: high, background: '#fff' });
    return saved(taller.composite([{ input: drawn, top: 0, left: 0 }]));
  },
};

function letters(picture: Picture, share: number, y: number, random: Random): string {
  const size = picture.height * share;
  const count = Math.floor((picture.width * 0.9) / (size * 0.8));
  return text({ x: picture.width * 0.05, y: picture.height * y, size, letters: count, colour: '#fff' }, random);
}

function watermark({ width, height }: Picture, random: Random): string {
  const size = width * 0.04;
  const lines = Array.from({ length: 12 }, (_, row) =>
    text({ x: -width * 0.3, y: (row * 2 - 6) * size * 1.6, size, letters: 50, colour: '#fff' }, random),
  );
  return `<g opacity=".35" transform="rotate(-30 ${width / 2} ${height / 2}) translate(0 ${height * 0.2})">${lines.join('')}</g>`;
}

function corner({ width, height }: Picture, size: number, random: Random): readonly [number, number] {
  const gap = size * 0.2;
  return [oneOf([gap, width - size - gap], random), oneOf([gap, height - size - gap], random)];
}

function anywhere({ width, height }: Picture, size: number, random: Random): readonly [number, number] {
  return [random() * (width - size), random() * (height - size)];
}

export const overlayEdits: readonly Edit[] = [
  over('text band', 'band below, 12 %', (picture, random) => band(picture, 0.12, 'bottom', black, random)),
  over('text band', 'band above, 20 %', (picture, random) => band(picture, 0.2, 'top', white, random)),
  over('text band', 'bands above and below, 15 %', (picture, random) =>
    ['top' as const, 'bottom' as const].map((place) => band(picture, 0.15, place, white, random)).join(''),
  ),
  over(
    'text band',
    'letters above and below',
    (picture, random) => letters(picture, 0.11, 0.03, random) + letters(picture, 0.11, 0.85, random),
  ),
  caption,
  over('watermark', 'watermark', watermark),
  over('logo', 'logo, 10 %', (picture, random) => {
    const size = picture.width * 0.1;
    return logo(...corner(picture, size, random), size);
  }),
  over('logo', 'logo, 20 %', (picture, random) => {
    const size = picture.width * 0.2;
    return logo(...corner(picture, size, random), size);
  }),
  over('emoji', 'emoji, 3 of 10 %', (picture, random) => {
    const size = picture.width * 0.1;
    return [1, 2, 3].map(() => emoji(...anywhere(picture, size, random), size)).join('');
  }),
  over('emoji', 'emoji, 30 %', (picture, random) => {
    const size = Math.min(picture.width, picture.height) * 0.3;
    return emoji(...anywhere(picture, size, random), size);
  }),
  over('emoji', 'emoji, 45 %', (picture, random) => {
    const size = Math.min(picture.width, picture.height) * 0.45;
    return emoji(...anywhere(picture, size, random), size);
  }),
];
