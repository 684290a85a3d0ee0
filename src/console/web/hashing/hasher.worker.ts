/** Hashes one file after another. Its Content-Security-Policy allows no connection. */
import { hashFile } from './hash-file.ts';
import { embeddedKernel } from './kernel.ts';
import type { FileTask } from './outcome.ts';

const kernel = embeddedKernel();

addEventListener('message', async ({ data }: MessageEvent<FileTask>) => {
  try {
    postMessage(await hashFile(await kernel, data));
  } catch (error) {
    // A rejection would only reach the console. Thrown here, it is an error of the worker, and the page replaces it.
    setTimeout(() => {
      throw error;
    });
  }
});
