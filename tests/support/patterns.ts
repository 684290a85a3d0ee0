/** Degenerate pictures; many have PDQ quality 100. */
import sharp from 'sharp';
import { scene } from './images.js';

function drawn(width: number, height: number, level: (x: number, y: number) => number): Promise<Buffer> {
  const data = Uint8Array.from({ length: width * height }, (_, at) => level(at % width, Math.floor(at / width)));
  return sharp(data, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

const disc = (radius: number) => drawn(400, 400, (x, y) => ((x - 200) ** 2 + (y - 200) ** 2 < radius ** 2 ? 0 : 255));
const chess = (x: number, y: number, pitch: number) => (Math.floor(x / pitch) + Math.floor(y / pitch)) % 2;

export const patterns: readonly (readonly [name: string, picture: () => Promise<Buffer>])[] = [
  ...[16, 24, 32, 40, 50, 100].flatMap((pitch) => [
    [`upright stripes of ${pitch} px`, () => drawn(400, 400, (x) => (Math.floor(x / pitch) % 2) * 255)] as const,
    [`level stripes of ${pitch} px`, () => drawn(400, 400, (_, y) => (Math.floor(y / pitch) % 2) * 255)] as const,
    [`a chessboard of ${pitch} px`, () => drawn(500, 400, (x, y) => chess(x, y, pitch) * 255)] as const,
    [`a grey chessboard of ${pitch} px`, () => drawn(500, 400, (x, y) => chess(x, y, pitch) * 100 + 60)] as const,
  ]),
  [
    'a chessboard in a white frame',
    () => drawn(700, 600, (x, y) => (x >= 100 && x < 600 && y >= 100 && y < 500 ? chess(x - 100, y - 100, 40) * 255 : 255)),
  ],
  ['a black disc', () => disc(120)],
  ['a smaller black disc', () => disc(80)],
  ['a diagonal half', () => drawn(400, 400, (x, y) => (x + y < 400 ? 0 : 255))],
  ['two halves', () => drawn(256, 256, (x) => (x < 128 ? 0 : 255))],
  ['a slope', () => drawn(256, 256, (x) => x)],
];

/** The page as a whole has a PDQ quality below 50. */
export async function smallOnPage(seed: number): Promise<Buffer> {
  const photograph = await (await scene(seed)).resize({ width: 165 }).toBuffer();
  return sharp({ create: { width: 800, height: 600, channels: 3, background: '#777' } })
    .composite([{ input: photograph }])
    .png()
    .toBuffer();
}
