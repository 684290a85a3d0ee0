import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { FormatError } from './format.js';

/** The only file in the archive; folders do not count. */
export async function zipMember(path: string): Promise<Entry> {
  const zip = await openZip(path);
  try {
    return await onlyMember(zip);
  } finally {
    zip.close();
  }
}

export async function openZipMember(path: string): Promise<Readable> {
  const zip = await openZip(path);
  try {
    const stream = await zip.openReadStreamPromise(await onlyMember(zip));
    stream.once('close', () => zip.close());
    return stream;
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false });
  } catch (error) {
    throw refusal(error);
  }
}

async function onlyMember(zip: ZipFile): Promise<Entry> {
  const members: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/')) members.push(entry);
      if (members.length > 1) break;
    }
  } catch (error) {
    throw refusal(error);
  }
  const [member, other] = members;
  if (!member || other) {
    throw new FormatError(
      'container',
      null,
      null,
      `the zip archive has ${other ? 'several files' : 'no file'}: expected exactly one`,
    );
  }
  if (member.isEncrypted()) throw new FormatError('container', null, null, 'the zip archive is encrypted: decrypt it first');
  return member;
}

function refusal(error: unknown): unknown {
  // An error of the file system has a code and keeps its message.
  if (error instanceof Error && 'code' in error) return error;
  return new FormatError('truncated', null, null, 'the zip archive is truncated or damaged');
}
