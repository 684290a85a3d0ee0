/**
 * HEIC by libheif and libde265 in WebAssembly. Each file gets a memory of its own, so nothing that one file left behind can reach
 * the next. libheif applies rotation, mirroring and crop of the file; EXIF orientation does not count in HEIC.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { ImageLimits } from '../../image-task.js';
import type { Pixels } from '../flatten.js';
import type { Size } from '../reduced-size.js';
import { RefusedImage } from '../refused-image.js';
import { pageInColours } from './heic-profile.js';
import { type Page, type Pages, PixelBudget } from './page.js';

/** What we use of libheif's C interface. Handles are numbers in its memory. */
interface LibHeif {
  readonly heif_error_code: { readonly heif_error_Ok: unknown };
  readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
  readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: unknown };
  heif_context_alloc(): object;
  heif_context_read_from_memory(context: object, bytes: Uint8Array): { readonly code: unknown };
  heif_js_context_get_list_of_top_level_image_IDs(context: object): readonly number[] | { readonly code: unknown };
  heif_js_context_get_image_handle(context: object, id: number): object & { readonly code?: unknown };
  heif_image_handle_is_primary_image(handle: object): number | boolean;
  heif_image_handle_get_width(handle: object): number;
  heif_image_handle_get_height(handle: object): number;
  heif_js_decode_image2(handle: object, colours: unknown, chroma: unknown): Decoded | { readonly code: unknown };
  heif_image_release(image: object): void;
}

interface Decoded {
  readonly image: object;
  readonly channels: readonly {
    readonly width: number;
    readonly height: number;
    readonly stride: number;
    readonly data: Uint8Array;
  }[];
}

interface Picture extends Size {
  readonly handle: object;
  readonly isPrimary: boolean;
}

const require = createRequire(import.meta.url);
let compiled: Promise<WebAssembly.Module> | undefined;

/** The primary picture first. @throws RefusedImage */
export async function readHeic(bytes: Uint8Array, limits: ImageLimits): Promise<Pages> {
  const heif = await instantiate();
  const { pictures, of } = guarded(() => picturesOf(heif, bytes, limits.maxFrames));
  pictures.sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
  return { of, pages: decodeAll(heif, pictures, bytes, limits) };
}

function picturesOf(heif: LibHeif, bytes: Uint8Array, max: number): { pictures: Picture[]; of: number } {
  const context = heif.heif_context_alloc();
  const { code } = heif.heif_context_read_from_memory(context, bytes);
  if (code !== heif.heif_error_code.heif_error_Ok) throw new RefusedImage('truncated');
  const ids = heif.heif_js_context_get_list_of_top_level_image_IDs(context);
  if (!isList(ids) || ids.length === 0) throw new RefusedImage('truncated');
  const pictures = ids.slice(0, max).map((id) => pictureOf(heif, context, id));
  return { pictures: pictures.filter((picture) => picture !== undefined), of: ids.length };
}

const isList = (value: unknown): value is readonly number[] => Array.isArray(value);

function pictureOf(heif: LibHeif, context: object, id: number): Picture | undefined {
  const handle = heif.heif_js_context_get_image_handle(context, id);
  if (!handle || handle.code !== undefined) return undefined;
  const [width, height] = [heif.heif_image_handle_get_width(handle), heif.heif_image_handle_get_height(handle)];
  return { handle, width, height, isPrimary: Boolean(heif.heif_image_handle_is_primary_image(handle)) };
}

async function* decodeAll(
  heif: LibHeif,
  pictures: readonly Picture[],
  bytes: Uint8Array,
  limits: ImageLimits,
): AsyncGenerator<Page> {
  const budget = new PixelBudget(limits);
  for (const [page, picture] of pictures.entries()) {
    if (!budget.take(picture)) return;
    yield await pageInColours(
      page,
      guarded(() => decode(heif, picture)),
      bytes,
    );
  }
}

/** @throws RefusedImage if the picture is cut, damaged, or larger than its header says */
function decode(heif: LibHeif, { handle, width, height }: Picture): Pixels {
  const { heif_colorspace_RGB: rgb } = heif.heif_colorspace;
  const decoded = heif.heif_js_decode_image2(handle, rgb, heif.heif_chroma.heif_chroma_interleaved_RGBA);
  if (!decoded || 'code' in decoded) throw new RefusedImage('truncated');
  const plane = decoded.channels[0];
  if (!plane || plane.width !== width || plane.height !== height) throw new RefusedImage('truncated');
  const data = withoutPadding(plane.data, width * 4, plane.stride, height);
  heif.heif_image_release(decoded.image);
  return { data, width, height, channels: 4 };
}

function withoutPadding(data: Uint8Array, row: number, stride: number, height: number): Uint8Array {
  if (stride === row) return data.slice(0, row * height);
  const packed = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) packed.set(data.subarray(y * stride, y * stride + row), y * row);
  return packed;
}

/** libheif ends itself when its memory runs out. Its memory is thrown away anyway. */
function guarded<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw error instanceof WebAssembly.RuntimeError ? new RefusedImage('truncated') : error;
  }
}

/** Loaded with the first HEIC, so that other formats pay nothing. */
async function instantiate(): Promise<LibHeif> {
  compiled ??= readFile(require.resolve('libheif-js/libheif-wasm/libheif.wasm')).then((code) => WebAssembly.compile(code));
  const module = await compiled;
  const create: (options: object) => LibHeif = require('libheif-js/libheif-wasm/libheif.js');
  return create({
    // Native libraries may print content of images.
    print: () => undefined,
    printErr: () => undefined,
    // The library sets itself up only when this is synchronous.
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
}
