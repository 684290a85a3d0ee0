/** Generated lists of hashes. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Random, randomHashes } from '../random.js';

export interface ListFile {
  readonly records: number;
  readonly random: Random;
  /** False: lines of HMA with a PDQ hash each. True: VICS 2.0 with MD5 and SHA-1 as well. */
  readonly digests: boolean;
  /** Characters of base64 that each record of VICS carries as a thumbnail. */
  readonly imageChars?: number;
}

const recordsAtOnce = 1_000;
const head =
  '{"@odata.context":"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media","value":[\n';

/** @returns the PDQ hashes, in the order of the file */
export async function writeListFile(path: string, file: ListFile): Promise<string[]> {
  const hashes: string[] = [];
  await pipeline(Readable.from(chunksOf(file, hashes)), createWriteStream(path));
  return hashes;
}

function* chunksOf({ records, random, digests, imageChars = 0 }: ListFile, written: string[]): Generator<string> {
  const image = imageChars > 0 ? `,"MediaFiles":[{"FileName":"a.jpg","Thumbnail":"${'A'.repeat(imageChars)}"}]` : '';
  if (digests) yield head;
  for (let first = 0; first < records; first += recordsAtOnce) {
    const count = Math.min(recordsAtOnce, records - first);
    const hexes = Buffer.from(randomHashes(count * 2, random)).toString('hex');
    let chunk = '';
    for (let at = 0; at < count; at++) {
      const pdq = hexes.slice(at * 64, at * 64 + 64);
      const other = hexes.slice((count + at) * 64, (count + at) * 64 + 64).toUpperCase();
      written.push(pdq);
      chunk += digests ? `${first + at === 0 ? '' : ',\n'}${media(first + at + 1, pdq, other, image)}` : `pdq ${pdq}\n`;
    }
    yield chunk;
  }
  if (digests) yield '\n]}\n';
}

function media(id: number, pdq: string, other: string, image: string): string {
  const digests = `"MD5":"${other.slice(0, 32)}","SHA1":"${other.slice(0, 40)}"`;
  return `{"MediaID":${id},"Category":1,${digests},"MediaSize":1,"Hashes":[{"HashName":"PDQ","HashValue":"${pdq}"}]${image}}`;
}
