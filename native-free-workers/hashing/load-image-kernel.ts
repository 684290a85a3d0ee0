/** Loads the image kernel from disk. Browsers load `image-kernel.ts`, which must stay free of `node:fs`. */
import { readFile } from 'node:fs/promises';
import { type ImageKernel, imageKernelOf } from './image-kernel.js';

/** Seen from the compiled file. Tests run this source file and pass a path. */
const builtKernel = new URL('../image.wasm', import.meta.url);

export async function loadImageKernel(path: string | URL = builtKernel): Promise<ImageKernel> {
  const { instance } = await WebAssembly.instantiate(await readFile(path), { env: { abort } });
  return imageKernelOf(instance);
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
