import { type Random, randomFrom } from '../random.js';

function hexOf(random: Random, bytes: number): string {
  let hex = '';
  for (let at = 0; at < bytes; at += 4) {
    hex += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return hex.toUpperCase();
}

function record(random: Random, id: number): object {
  const md5 = hexOf(random, 16);
  return {
    MediaID: id,
    Category: Math.floor(random() * 6),
    MD5: md5,
    SHA1: hexOf(random, 20),
    ...(random() < 0.5 && { PhotoDNA: Buffer.from(hexOf(random, 144), 'hex').toString('base64') }),
    MediaSize: Math.floor(random() * 5e6),
    MimeType: 'image/jpeg',
    DateUpdated: '2023-06-07T02:31:49.8300Z',
    Series: random() < 0.1 ? `SERIES ${id % 97}` : '',
    VictimIdentified: String(random() < 0.3),
    OffenderIdentified: 'false',
    IsDistributed: 'true',
    IsSuspected: 'false',
    IsPrecategorized: 'false',
    Tags: '',
    Comments: 'A "quoted" comment with a \\ and é',
    ...(random() < 0.3 && { AlternativeHashes: [{ HashName: 'PDQ', HashValue: hexOf(random, 32) }] }),
    Exifs: [{ MD5: md5, PropertyName: 'Make', PropertyValue: 'Example' }],
    MediaFiles: [
      { MD5: md5, FileName: `${id}.jpg`, FilePath: 'C:\\pictures\\', Unallocated: 'false', ParentMD5: hexOf(random, 16) },
    ],
  };
}

/** A VICS 2.0 hash set of `count` records with synthetic hashes, in pieces. Equal seeds give equal files. */
export function* vicsFile(count: number, seed = 1, schema = 'Default'): Generator<string> {
  const random = randomFrom(seed);
  yield `{"@odata.context":"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/${schema}/$metadata#Media","value":[`;
  for (let id = 1; id <= count; id++) yield (id > 1 ? ',\n' : '\n') + JSON.stringify(record(random, id));
  yield '\n]}\n';
}
