import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { chunkBytes, encodeHeader, encodePreamble, nonceBytes, type SnapshotHeader } from './snapshot-format.js';
import { seal } from './snapshot-seal.js';

export async function removeSnapshot(path: string): Promise<void> {
  for (const file of [path, partialOf(path)]) await rm(file, { force: true });
}

export function partialOf(path: string): string {
  return `${path}.partial`;
}

/**
 * Writes a file with mode 0600 and moves it to `path` once it is on the disk. On an error the old file stays.
 *
 * @param slices whole records, ordinals rising; the event loop runs between two of them
 * @param key 32 bytes; seals the file
 */
export async function writeSnapshot(
  path: string,
  header: SnapshotHeader,
  slices: Iterable<Uint8Array>,
  key: Uint8Array | undefined,
): Promise<void> {
  const partial = partialOf(path);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await rm(partial, { force: true });
  // Exclusive, because a file that exists now belongs to another process.
  const file = await open(partial, 'wx', 0o600);
  try {
    const body = new BodyWriter(file, encodeHeader(header), key);
    for (const slice of slices) {
      await body.write(slice);
      await setImmediate();
    }
    await body.end();
    await file.sync();
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(partial, path);
  await syncDirectory(dirname(path));
}

class BodyWriter {
  private readonly hash = createHash('sha256');
  private readonly chunk = Buffer.allocUnsafe(chunkBytes);
  private readonly preamble: Buffer;
  private filled = 0;
  private number = 0;
  private begun = false;

  constructor(
    private readonly file: FileHandle,
    private readonly header: Uint8Array,
    private readonly key: Uint8Array | undefined,
  ) {
    const nonce = key ? randomBytes(nonceBytes) : Buffer.alloc(nonceBytes);
    this.preamble = encodePreamble({ sealed: key !== undefined, headerBytes: header.length, nonce });
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.begun) await this.begin();
    for (let at = 0; at < bytes.length; ) {
      // Not before more bytes come: the last chunk is sealed as the last.
      if (this.filled === chunkBytes) await this.putChunk(false);
      const part = bytes.subarray(at, at + chunkBytes - this.filled);
      this.chunk.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
    }
  }

  async end(): Promise<void> {
    if (!this.begun) await this.begin();
    await this.putChunk(true);
    await this.file.writeFile(this.hash.digest());
  }

  private async begin(): Promise<void> {
    this.begun = true;
    await this.put(this.preamble);
    await this.write(this.header);
  }

  private async putChunk(last: boolean): Promise<void> {
    const { key, preamble } = this;
    // Sealing and hashing 1 MiB takes 1-3 ms.
    await setImmediate();
    const plain = this.chunk.subarray(0, this.filled);
    await this.put(key ? seal(key, plain, { preamble, number: this.number, last }) : plain);
    this.number++;
    this.filled = 0;
  }

  private async put(bytes: Uint8Array): Promise<void> {
    this.hash.update(bytes);
    await this.file.writeFile(bytes);
  }
}

/** The rename must outlive a power failure. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
