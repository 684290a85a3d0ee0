/** Loads WebAssembly kernels from disk, for Node. Facades such as `pdq.ts` stay free of `node:fs`, because browsers load them too. */
import { readFile } from 'node:fs/promises';
import { type HashPdq, pdqOf } from './pdq.js';

/** The kernel of that name beside this file, which is where the build puts it: true of the compiled file only, so tests give a path. */
export function kernelPath(name: string): URL {
  return new URL(`./${name}.wasm`, import.meta.url);
}

/** Reads, compiles and starts the PDQ kernel. Each call gives an instance with a memory of its own. Rejects when the file is absent. */
export async function loadPdq(path: string | URL = kernelPath('pdq')): Promise<HashPdq> {
  const { instance } = await WebAssembly.instantiate(await readFile(path), { env: { abort } });
  return pdqOf(instance);
}

function abort(): never {
  throw new Error('a WebAssembly kernel aborted');
}
