/** Loads WebAssembly kernels from disk, for Node. Facades such as `image-kernel.ts` stay free of `node:fs`, because browsers load them too. */
import { readFile } from 'node:fs/promises';
import { type ImageKernel, imageKernelOf } from './image-kernel.js';

/** The kernel of that name where the build puts it: true of the compiled file only, so tests give a path. */
export function kernelPath(name: string): URL {
  return new URL(`../${name}.wasm`, import.meta.url);
}

/** Reads, compiles and starts the image kernel. Each call gives an instance with a memory of its own. Rejects when the file is absent. */
export async function loadImageKernel(path: string | URL = kernelPath('image')): Promise<ImageKernel> {
  return imageKernelOf(await start(path));
}

async function start(path: string | URL): Promise<WebAssembly.Instance> {
  const { instance } = await WebAssembly.instantiate(await readFile(path), { env: { abort } });
  return instance;
}

function abort(): never {
  throw new Error('a WebAssembly kernel aborted');
}
