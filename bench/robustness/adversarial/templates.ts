/** The same page with another photograph in it. */
import { type Random, randomFrom } from '../../random.js';
import { logo, text } from '../edits/drawings.js';
import { saved } from '../picture.js';
import type { Album, Size } from './album.js';
import { page } from './canvas.js';
import type { Temptation } from './pair.js';

interface Layout extends Size {
  readonly name: string;
  readonly photograph: Size & { readonly left: number; readonly top: number };
  readonly background: string;
  draw(random: Random): string;
  /** Draws the text that belongs to the photograph. Absent: nothing but the photograph differs. */
  drawOwn?(random: Random): string;
}

const ink = '#222';

interface Column {
  readonly x: number;
  readonly y: number;
  readonly lines: number;
  readonly letters: number;
  readonly size: number;
}

function column({ x, y, lines, letters, size }: Column, random: Random): string {
  return Array.from({ length: lines }, (_, line) =>
    text({ x, y: y + line * size * 1.9, size, letters: letters - (line % 3), colour: ink }, random),
  ).join('');
}

const newsHeader = (random: Random) =>
  `<rect width="800" height="84" fill="#14315c"/>${logo(16, 12, 60)}${text({ x: 100, y: 24, size: 34, letters: 18, colour: '#fff' }, random)}
  <rect y="84" width="800" height="30" fill="#d9dee6"/>${text({ x: 20, y: 92, size: 14, letters: 60, colour: ink }, random)}`;

const news = (name: string, hasOwnText: boolean): Layout => {
  const story = (random: Random) =>
    column({ x: 20, y: 130, lines: 2, letters: 34, size: 22 }, random) +
    column({ x: 540, y: 210, lines: 15, letters: 20, size: 14 }, random);
  return {
    ...{ name, width: 800, height: 640, background: '#ffffff' },
    photograph: { left: 20, top: 210, width: 500, height: 330 },
    draw: (random) => newsHeader(random) + (hasOwnText ? '' : story(random)),
    ...(hasOwnText && { drawOwn: story }),
  };
};

const card = (name: string, share: number): Layout => {
  const height = Math.round(Math.sqrt(640 * 400 * share * 1.25));
  return {
    ...{ name, width: 640, height: 400, background: '#dfe8ee' },
    photograph: { left: 30, top: 90, width: Math.round(height * 0.8), height },
    draw: (random) =>
      `<rect width="640" height="64" fill="#2a5f8f"/><circle cx="590" cy="32" r="22" fill="#f4d35e"/>
      ${text({ x: 24, y: 20, size: 24, letters: 22, colour: '#fff' }, random)}
      ${[110, 170, 230, 290].map((y) => text({ x: 320, y, size: 10, letters: 12, colour: '#667' }, random)).join('')}
      <path d="M0 360h640v40H0z" fill="#c4d2dc"/>${text({ x: 24, y: 370, size: 18, letters: 40, colour: ink }, random)}`,
    drawOwn: (random) => column({ x: 320, y: 128, lines: 4, letters: 18, size: 18 }, random),
  };
};

const layouts: readonly Layout[] = [
  {
    ...{ name: 'picture left, text right', width: 800, height: 480, background: '#ffffff' },
    photograph: { left: 24, top: 40, width: 400, height: 400 },
    draw: (random) => column({ x: 450, y: 60, lines: 14, letters: 24, size: 15 }, random),
  },
  {
    ...{ name: 'picture left, text right, little picture', width: 800, height: 480, background: '#ffffff' },
    photograph: { left: 24, top: 90, width: 260, height: 260 },
    draw: (random) => column({ x: 310, y: 50, lines: 14, letters: 32, size: 16 }, random),
  },
  {
    ...{ name: 'magazine page', width: 600, height: 800, background: '#f6f1e4' },
    photograph: { left: 40, top: 130, width: 520, height: 320 },
    draw: (random) =>
      `<rect y="780" width="600" height="20" fill="#a3262a"/>${text({ x: 40, y: 40, size: 50, letters: 12, colour: '#a3262a' }, random)}
      ${[40, 310].map((x) => column({ x, y: 480, lines: 12, letters: 26, size: 12 }, random)).join('')}`,
  },
  {
    ...{ name: 'magazine cover', width: 600, height: 800, background: '#111111' },
    photograph: { left: 0, top: 160, width: 600, height: 640 },
    draw: (random) =>
      `<rect width="600" height="160" fill="#c8102e"/>${text({ x: 40, y: 34, size: 90, letters: 7, colour: '#fff' }, random)}
      ${column({ x: 24, y: 600, lines: 4, letters: 14, size: 26 }, random)}`,
  },
  card('card, photograph of 25 %', 0.25),
  card('card, photograph of 12 %', 0.12),
  {
    ...{ name: 'product page', width: 800, height: 640, background: '#ffffff' },
    photograph: { left: 60, top: 110, width: 340, height: 340 },
    draw: (random) =>
      `<rect width="800" height="70" fill="#232f3e"/>${logo(12, 10, 50)}<rect x="120" y="18" width="520" height="34" fill="#fff"/>
      <rect x="460" y="320" width="260" height="48" rx="24" fill="#ffb000"/><rect x="460" y="384" width="260" height="48" rx="24" fill="#fa8900"/>
      ${column({ x: 440, y: 120, lines: 5, letters: 24, size: 16 }, random)}${column({ x: 60, y: 490, lines: 4, letters: 50, size: 15 }, random)}`,
  },
  news('news page, other photograph', false),
  news('news page, other photograph and text', true),
];

export function templates(album: Album): Temptation[] {
  return layouts.map((layout) => ({
    kind: 'template',
    name: layout.name,
    sharedShare: 1 - (layout.photograph.width * layout.photograph.height) / (layout.width * layout.height),
    async build(seed) {
      const [enrolled, asked] = await Promise.all([0, 1].map((place) => filled(layout, album, seed, place)));
      if (!enrolled || !asked) throw new Error(`${layout.name}: two pages were not built`);
      return { enrolled, asked };
    },
  }));
}

async function filled(layout: Layout, album: Album, seed: number, place: number): Promise<Buffer> {
  const { left, top } = layout.photograph;
  const picture = await album(seed, place, layout.photograph);
  const own = layout.drawOwn?.(randomFrom(seed * 100 + place)) ?? '';
  return saved(page(layout, layout.background, [{ picture, left, top }], layout.draw(randomFrom(seed + 1)) + own));
}
