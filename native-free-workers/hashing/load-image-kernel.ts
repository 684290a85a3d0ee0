/** Loads the image kernel from disk. `image-kernel.ts` itself stays free of `node:fs`, because browsers load it too. */
import { readFile } from 'node:fs/promises';
import { type ImageKernel, imageKernelOf } from './image-kernel.js';

/** Where the build puts the kernel, seen from the compiled file. Tests run this source file, so they pass a path. */
const builtKernel = new URL('../image.wasm', import.meta.url);

/** Starts an image kernel with its own memory. Rejects if the file is missing. */
export async function loadImageKernel(path: string | URL = builtKernel): Promise<ImageKernel> {
  const { instance } = await WebAssembly.instantiate(await readFile(path), { env: { abort } });
  return imageKernelOf(instance);
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
