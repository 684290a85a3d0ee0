/**
 * JPEG XL by jxl-oxide, which is Rust in WebAssembly. It gives each picture as PNG with its colour profile, after the orientation
 * of the header.
 */
import { readFile } from 'node:fs/promises';
import type { JxlImage } from 'jxl-oxide-wasm';
import type { ImageLimits } from '../../image-task.js';
import { framesByImportance } from '../frame-order.js';
import type { Size } from '../reduced-size.js';
import { RefusedImage } from '../refused-image.js';
import { type Page, type Pages, PixelBudget, pageOfFile } from './page.js';

let library: Promise<typeof import('jxl-oxide-wasm')> | undefined;

/** Bytes that are read before the size must be known. */
const maxHeader = 65_536;

/** @throws RefusedImage */
export async function readJpegXl(bytes: Uint8Array, limits: ImageLimits): Promise<Pages> {
  library ??= load();
  const { JxlImage } = await library;
  const image = new JxlImage();
  const size = await guarded(() => sizeOf(image, bytes));
  const budget = new PixelBudget(limits);
  if (!budget.take(size)) throw new RefusedImage('too_many_pixels');
  await guarded(() => image.feedBytes(bytes.subarray(maxHeader)));
  const of = Math.max(1, image.numLoadedKeyframes);
  return { of, pages: renderAll(image, size, { of, isWhole: image.loaded }, budget) };
}

/** A JPEG XL names its size in the first bytes, but a container may hold other boxes before. */
function sizeOf(image: JxlImage, bytes: Uint8Array): Size {
  image.feedBytes(bytes.subarray(0, maxHeader));
  const isKnown = image.tryInit();
  const { width, height } = image;
  if (!isKnown || !width || !height) throw new RefusedImage('truncated');
  return { width, height };
}

async function* renderAll(
  image: JxlImage,
  size: Size,
  { of, isWhole }: { readonly of: number; readonly isWhole: boolean },
  budget: PixelBudget,
): AsyncGenerator<Page> {
  try {
    for (const page of framesByImportance(of)) {
      if (page > 0 && !budget.take(size)) return;
      const png = await guarded(() => render(image, page));
      const read = await pageOfFile(page, png, size, { failOn: 'none', limitInputPixels: budget.limits.maxPixels });
      yield { ...read, isDamaged: !isWhole };
    }
  } finally {
    image.free();
  }
}

function render(image: JxlImage, page: number): Uint8Array {
  // This also frees the result.
  return image.render(page).encodeToPng();
}

/** The library throws texts, and traps for what it does not expect. */
async function guarded<Result>(call: () => Result): Promise<Result> {
  try {
    return call();
  } catch (error) {
    if (error instanceof RefusedImage || error instanceof TypeError || error instanceof ReferenceError) throw error;
    throw new RefusedImage('truncated');
  }
}

/** Loaded with the first JPEG XL, so that other formats pay nothing. */
async function load() {
  const code = await readFile(new URL(import.meta.resolve('jxl-oxide-wasm/module.wasm')));
  const jxl = await import('jxl-oxide-wasm');
  jxl.initSync({ module: await WebAssembly.compile(code) });
  return jxl;
}
