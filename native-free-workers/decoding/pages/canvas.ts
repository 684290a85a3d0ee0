import type { PngFrame } from '../../file-formats/png-chunks.js';
import type { Pixels } from '../flatten.js';
import { RefusedImage } from '../refused-image.js';

type Area = Pick<PngFrame, 'left' | 'top' | 'width' | 'height'>;

/** What an animation shows after each frame. Starts transparent. */
export class Canvas {
  readonly #data: Uint8Array;
  #saved: Uint8Array | undefined;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.#data = new Uint8Array(width * height * 4);
  }

  /** Call before `draw`. @throws RefusedImage if the frame is not inside the canvas */
  prepare({ left, top, width, height, dispose }: PngFrame): void {
    const isInside = width > 0 && height > 0 && left + width <= this.width && top + height <= this.height;
    if (!isInside) throw new RefusedImage('truncated');
    this.#saved = dispose === 'restore' ? this.#data.slice() : undefined;
  }

  /** @param pixels red, green, blue and alpha of the frame. @throws RefusedImage if they are of another size */
  draw(frame: PngFrame, pixels: Uint8Array): void {
    if (pixels.length !== frame.width * frame.height * 4) throw new RefusedImage('truncated');
    this.#rows(frame, (to, from, length) => {
      if (frame.isBlended) blend(this.#data, to, pixels, from, length);
      else this.#data.set(pixels.subarray(from, from + length), to);
    });
  }

  dispose(frame: PngFrame): void {
    if (frame.dispose === 'clear') this.#rows(frame, (to, _, length) => this.#data.fill(0, to, to + length));
    if (this.#saved) this.#data.set(this.#saved);
  }

  /** A view, valid until the next frame. */
  pixels(): Pixels {
    return { data: this.#data, width: this.width, height: this.height, channels: 4 };
  }

  #rows({ left, top, width, height }: Area, visit: (to: number, from: number, length: number) => void): void {
    for (let row = 0; row < height; row++) visit(((top + row) * this.width + left) * 4, row * width * 4, width * 4);
  }
}

/** "Over" of Porter and Duff, for colours that are not multiplied by alpha. */
function blend(data: Uint8Array, to: number, pixels: Uint8Array, from: number, length: number): void {
  for (let at = 0; at < length; at += 4) {
    const above = pixels[from + at + 3] ?? 0;
    if (above === 0) continue;
    const below = ((data[to + at + 3] ?? 0) * (255 - above)) / 255;
    const alpha = above + below;
    for (let c = 0; c < 3; c++) {
      data[to + at + c] = Math.round(((pixels[from + at + c] ?? 0) * above + (data[to + at + c] ?? 0) * below) / alpha);
    }
    data[to + at + 3] = Math.round(alpha);
  }
}
