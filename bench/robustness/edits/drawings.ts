/**
 * Letters are random strokes on a grid, because fonts differ between machines and a hash sees only the rhythm of a text.
 */
import type { Random } from '../../random.js';

export function svg(width: number, height: number, content: string): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`);
}

interface Line {
  readonly x: number;
  readonly y: number;
  /** Height of a letter; its width is 0.8 of the height. */
  readonly size: number;
  readonly letters: number;
  readonly colour: string;
}

export function text({ x, y, size, letters, colour }: Line, random: Random): string {
  const strokes = ['M0 0V1', 'M.6 0V1', 'M0 0H.6', 'M0 .5H.6', 'M0 1H.6', 'M0 0L.6 1', 'M.6 0L0 1', 'M.3 0V1'];
  let left = 2 + Math.floor(random() * 7);
  const drawn = Array.from({ length: letters }, (_, place) => {
    if (left-- === 0) {
      left = 2 + Math.floor(random() * 7);
      return '';
    }
    const some = Array.from({ length: 2 + Math.floor(random() * 3) }, () => strokes[Math.floor(random() * strokes.length)]);
    return `<path transform="translate(${x + place * size * 0.8} ${y}) scale(${size})" d="${some.join('')}"/>`;
  });
  return `<g fill="none" stroke="${colour}" stroke-width=".16">${drawn.join('')}</g>`;
}

export function emoji(x: number, y: number, size: number): string {
  return `<g transform="translate(${x} ${y}) scale(${size / 100})">
    <circle cx="50" cy="50" r="50" fill="#ffcc22" stroke="#b8860b" stroke-width="3"/>
    <ellipse cx="32" cy="38" rx="8" ry="12" fill="#442200"/><ellipse cx="68" cy="38" rx="8" ry="12" fill="#442200"/>
    <path d="M20 58q30 40 60 0z" fill="#442200"/></g>`;
}

export function logo(x: number, y: number, size: number): string {
  return `<g transform="translate(${x} ${y}) scale(${size / 100})"><rect width="100" height="100" rx="18" fill="#d22"/>
    <path d="M20 75L50 20L80 75z" fill="#fff"/><circle cx="50" cy="60" r="12" fill="#d22"/></g>`;
}
