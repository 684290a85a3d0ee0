/** RLE4 and RLE8 of bitmaps ("Bitmap Compression" in the Windows documentation). Pixels that are skipped stay transparent. */
import { paint, type Target } from './bmp-target.js';

const endOfLine = 0;
const endOfBitmap = 1;
const moveBy = 2;

/** @returns whether the data ends as it should */
export function readRunLengths(target: Target, from: number): boolean {
  const { view, header } = target;
  const cursor = new Cursor(target);
  for (let at = from; at + 2 <= view.byteLength && cursor.isInside; ) {
    const [count, code] = [view.getUint8(at), view.getUint8(at + 1)];
    at += 2;
    if (count > 0) cursor.run(count, (k) => colourAt(header.bits, code, k));
    else if (code === endOfLine) cursor.nextLine();
    else if (code === endOfBitmap) return true;
    else if (code === moveBy) {
      if (at + 2 > view.byteLength) return false;
      cursor.move(view.getUint8(at), view.getUint8(at + 1));
      at += 2;
    } else {
      const bytes = Math.ceil((code * header.bits) / 8);
      if (at + bytes > view.byteLength) return false;
      const start = at;
      cursor.run(code, (k) => colourAt(header.bits, view.getUint8(start + (header.bits === 8 ? k : k >> 1)), k));
      at += bytes + (bytes & 1);
    }
  }
  return !cursor.isInside;
}

/** Of four bits, the high ones are the left pixel. */
function colourAt(bits: number, byte: number, k: number): number {
  if (bits === 8) return byte;
  return k & 1 ? byte & 15 : byte >> 4;
}

/** Rows go from bottom to top. */
class Cursor {
  #x = 0;
  #row = 0;

  constructor(readonly target: Target) {}

  get isInside(): boolean {
    return this.#row < this.target.header.height;
  }

  run(count: number, colourOf: (k: number) => number): void {
    const { data, palette, header } = this.target;
    const { width, height } = header;
    const end = Math.min(width, this.#x + count);
    const first = this.#x;
    for (; this.#x < end; this.#x++) {
      paint(data, ((height - 1 - this.#row) * width + this.#x) * 4, palette, colourOf(this.#x - first));
    }
  }

  nextLine(): void {
    this.move(-this.#x, 1);
  }

  move(right: number, up: number): void {
    this.#x = Math.min(this.target.header.width, this.#x + right);
    this.#row += up;
  }
}
