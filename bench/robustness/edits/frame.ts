import sharp from 'sharp';
import type { Random } from '../../random.js';
import { open, type Picture, saved } from '../picture.js';
import { svg, text } from './drawings.js';
import { type Edit, oneOf, pixels } from './edit.js';

const border: Edit[] = [2, 5, 10, 15].map((percent) => ({
  kind: 'border',
  name: `border ${percent} %`,
  apply(picture, random) {
    const wide = pixels((picture.width * percent) / 100);
    const background = oneOf(['#000', '#fff', '#888', '#c33', '#246'], random);
    return saved(open(picture).extend({ left: wide, right: wide, top: wide, bottom: wide, background }));
  },
}));

function letterbox(name: string, ratio: number, background: string): Edit {
  return {
    kind: 'letterbox',
    name,
    apply(picture) {
      const { width, height } = picture;
      const taller = Math.max(0, Math.round((width / ratio - height) / 2));
      const wider = Math.max(0, Math.round((height * ratio - width) / 2));
      return saved(open(picture).extend({ top: taller, bottom: taller, left: wider, right: wider, background }));
    },
  };
}

export function phoneScreen(picture: Picture, background: string, ink: string, random: Random) {
  const width = 540;
  const height = 1_080;
  const high = Math.min(700, Math.round((picture.height * width) / picture.width));
  const top = Math.round((height - high) * 0.42);
  const lines = [
    text({ x: 20, y: 12, size: 16, letters: 5, colour: ink }, random),
    text({ x: 440, y: 12, size: 16, letters: 6, colour: ink }, random),
    `<circle cx="40" cy="${top - 36}" r="22" fill="#7a9"/>`,
    text({ x: 76, y: top - 46, size: 18, letters: 16, colour: ink }, random),
    ...[0, 1, 2].map(
      (n) => `<circle cx="${40 + n * 56}" cy="${top + high + 34}" r="14" fill="none" stroke="${ink}" stroke-width="3"/>`,
    ),
    ...[0, 1].map((n) => text({ x: 20, y: top + high + 70 + n * 30, size: 16, letters: 34 - n * 12, colour: ink }, random)),
  ];
  return framed(picture, { width, height, background, left: 0, top, wide: width, high }, lines);
}

function browserWindow(picture: Picture, random: Random) {
  const width = 1_280;
  const height = 800;
  const scale = Math.min(760 / picture.width, 640 / picture.height);
  const wide = pixels(picture.width * scale);
  const high = pixels(picture.height * scale);
  const lines = [
    `<rect width="${width}" height="72" fill="#dde1e6"/><rect x="90" y="38" width="900" height="26" rx="13" fill="#fff"/>`,
    text({ x: 120, y: 44, size: 14, letters: 40, colour: '#333' }, random),
    ...Array.from({ length: 18 }, (_, n) =>
      text({ x: 880, y: 120 + n * 34, size: 14, letters: 30 - (n % 5) * 3, colour: '#333' }, random),
    ),
  ];
  return framed(picture, { width, height, background: '#ffffff', left: 60, top: 110, wide, high }, lines);
}

interface Screen {
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly left: number;
  readonly top: number;
  readonly wide: number;
  readonly high: number;
}

async function framed(picture: Picture, { width, height, background, left, top, wide, high }: Screen, lines: readonly string[]) {
  const inner = await open(picture).resize(wide, high, { fit: 'fill' }).png({ compressionLevel: 1 }).toBuffer();
  return sharp({ create: { width, height, channels: 3, background } }).composite([
    { input: svg(width, height, lines.join('')) },
    { input: inner, left, top },
  ]);
}

const screens: Edit[] = [
  {
    kind: 'screenshot',
    name: 'phone, light',
    apply: async (picture, random) => saved(await phoneScreen(picture, '#ffffff', '#111', random)),
  },
  {
    kind: 'screenshot',
    name: 'phone, dark',
    apply: async (picture, random) => saved(await phoneScreen(picture, '#000000', '#ddd', random)),
  },
  { kind: 'screenshot', name: 'browser', apply: async (picture, random) => saved(await browserWindow(picture, random)) },
];

export const frameEdits: readonly Edit[] = [
  ...border,
  letterbox('letterbox, black, 9:16', 9 / 16, '#000'),
  letterbox('letterbox, black, 1:1', 1, '#000'),
  letterbox('letterbox, white, 2.4:1', 2.4, '#fff'),
  ...screens,
];
