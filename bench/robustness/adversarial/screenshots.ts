import { type Random, randomFrom } from '../../random.js';
import { text } from '../edits/drawings.js';
import { phoneScreen } from '../edits/frame.js';
import { saved } from '../picture.js';
import type { Album } from './album.js';
import { page } from './canvas.js';
import type { Pair, Temptation } from './pair.js';

const phone = { width: 540, height: 1_080 };
const maxLetters = 32;

/** The same app around another picture. */
function sameApp(
  album: Album,
  name: string,
  background: string,
  ink: string,
  size: { width: number; height: number },
): Temptation {
  return {
    ...{ kind: 'screenshot, other picture', name },
    sharedShare: 1 - (phone.width * Math.min(700, (size.height * phone.width) / size.width)) / (phone.width * phone.height),
    async build(seed) {
      const screen = async (place: number) =>
        saved(await phoneScreen(await album(seed, place, size), background, ink, randomFrom(seed)));
      return { enrolled: await screen(0), asked: await screen(1) };
    },
  };
}

/** Three photographs below each other; the app and the first of them are the same. */
function feed(album: Album): Temptation {
  return {
    ...{ kind: 'screenshot, other picture', name: 'feed, the first of three pictures shared', sharedShare: 0.52 },
    async build(seed) {
      const size = { width: 500, height: 260 };
      const screen = async (all: readonly number[]) => {
        const layers = await Promise.all(
          all.map(async (place, at) => ({ picture: await album(seed, place, size), left: 20, top: 110 + at * 320 })),
        );
        const random = randomFrom(seed);
        const lines = all.map((_, at) =>
          text({ x: 20, y: 80 + at * 320, size: 18, letters: maxLetters, colour: '#222' }, random),
        );
        return saved(page(phone, '#ffffff', layers, `<rect width="540" height="60" fill="#3b5998"/>${lines.join('')}`));
      };
      return { enrolled: await screen([0, 1, 2]), asked: await screen([0, 3, 4]) };
    },
  };
}

type IsOther = (line: number, lines: number) => boolean;

/** Pages of text with nothing else, of which half of the lines differ. */
function textOnly(
  name: string,
  isOther: IsOther,
  draw: (isOther: (line: number) => boolean, seed: number, own: number) => string,
): Temptation {
  return {
    ...{ kind: 'screenshot, text only', name, sharedShare: 0.5 },
    async build(seed): Promise<Pair> {
      const screen = (own: number) =>
        saved(
          page(
            phone,
            '#ffffff',
            [],
            draw((line) => isOther(line, lines), seed, own),
          ),
        );
      return { enrolled: await screen(0), asked: await screen(1) };
    },
  };
}

const lines = 24;

function randomOf(line: number, isOther: boolean, seed: number, own: number): Random {
  return randomFrom(seed * 1_000 + line * 10 + (isOther ? own + 1 : 0));
}

function letter(isOther: (line: number) => boolean, seed: number, own: number): string {
  return Array.from({ length: lines }, (_, line) => {
    const random = randomOf(line, isOther(line), seed, own);
    const letters = line % 6 === 5 ? 8 + Math.floor(random() * 16) : maxLetters;
    return text({ x: 30, y: 60 + line * 40, size: 18, letters, colour: '#111' }, random);
  }).join('');
}

function chat(isOther: (line: number) => boolean, seed: number, own: number): string {
  const bubbles = Array.from({ length: lines / 2 }, (_, line) => {
    const random = randomOf(line, isOther(line * 2), seed, own);
    const letters = 10 + Math.floor(random() * 18);
    const width = letters * 14.4 + 24;
    const [x, fill] = random() < 0.5 ? [16, '#e5e5ea'] : [phone.width - width - 16, '#b9e6ff'];
    return `<rect x="${x}" y="${80 + line * 80}" width="${width}" height="56" rx="20" fill="${fill}"/>
      ${text({ x: x + 12, y: 98 + line * 80, size: 18, letters, colour: '#111' }, random)}`;
  });
  return `<rect width="540" height="60" fill="#075e54"/>${bubbles.join('')}`;
}

const everyOther: IsOther = (line) => line % 4 >= 2;
const secondHalf: IsOther = (line, all) => line >= all / 2;

export function screenshots(album: Album): Temptation[] {
  return [
    sameApp(album, 'phone, light, wide picture', '#ffffff', '#111', { width: 640, height: 480 }),
    sameApp(album, 'phone, dark, wide picture', '#000000', '#ddd', { width: 640, height: 480 }),
    sameApp(album, 'phone, light, tall picture', '#ffffff', '#111', { width: 480, height: 640 }),
    sameApp(album, 'phone, dark, flat picture', '#000000', '#ddd', { width: 640, height: 270 }),
    feed(album),
    textOnly('letter, the second half differs', secondHalf, letter),
    textOnly('letter, every other two lines differ', everyOther, letter),
    textOnly('chat, the second half differs', secondHalf, chat),
    textOnly('chat, every other bubble differs', everyOther, chat),
  ];
}
