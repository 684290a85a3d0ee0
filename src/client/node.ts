import { openAsBlob } from 'node:fs';

/**
 * An image file for `match`, `hash` and `enrol`. It is read while it is sent, never as a whole, and a retry reads it again.
 *
 * @throws TypeError if the file cannot be opened.
 */
export async function imageFile(path: string | URL): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (cause) {
    throw new TypeError(`${path}: cannot be opened as a file`, { cause });
  }
}
