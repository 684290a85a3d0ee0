/** The image kernel, whose bytes are in this script: a worker without `connect-src` cannot fetch a file. */

import base64 from 'embedded:image-kernel';
import { type ImageKernel, imageKernelOf } from '../../../../native-free-workers/hashing/image-kernel.js';

export async function embeddedKernel(): Promise<ImageKernel> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { abort } });
  return imageKernelOf(instance);
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
