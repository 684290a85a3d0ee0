/** Finds the lengths, counts and dimensions in a file: the numbers that make a parser allocate or jump. */

export interface Field {
  readonly at: number;
  readonly bytes: 2 | 3 | 4;
  readonly littleEndian: boolean;
}

type Finder = (file: Buffer) => Field[];

const big = (at: number, bytes: Field['bytes']): Field => ({ at, bytes, littleEndian: false });
const little = (at: number, bytes: Field['bytes']): Field => ({ at, bytes, littleEndian: true });

function offsetsOf(file: Buffer, words: readonly string[]): number[] {
  return words.flatMap((word) => {
    const found: number[] = [];
    for (let at = file.indexOf(word, 0, 'latin1'); at >= 0; at = file.indexOf(word, at + 1, 'latin1')) found.push(at);
    return found;
  });
}

const pngChunks = ['IHDR', 'PLTE', 'tRNS', 'gAMA', 'pHYs', 'IDAT', 'IEND', 'iCCP', 'eXIf', 'acTL', 'fcTL', 'fdAT'];
const riffChunks = ['RIFF', 'VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP', 'EXIF'];
const boxes = [
  'ftyp',
  'meta',
  'hdlr',
  'pitm',
  'iloc',
  'iinf',
  'infe',
  'iprp',
  'ipco',
  'ispe',
  'pixi',
  'av1C',
  'colr',
  'ipma',
  'mdat',
  'hvcC',
  'moov',
  'trak',
  'stsd',
  'stsz',
  'stsc',
  'stco',
  'stss',
];

const finders: readonly (readonly [magic: string, find: Finder])[] = [
  ['\x89PNG', (file) => [...offsetsOf(file, pngChunks).map((at) => big(at - 4, 4)), big(16, 4), big(20, 4)]],
  ['\xff\xd8', jpegFields],
  [
    'RIFF',
    (file) => [...offsetsOf(file, riffChunks).map((at) => little(at + 4, 4)), little(24, 3), little(26, 2), little(28, 2)],
  ],
  ['GIF8', (file) => [...gifDescriptors(file), little(6, 2), little(8, 2)]],
  ['BM', () => [little(10, 4), little(14, 4), little(18, 4), little(22, 4), little(28, 2), little(30, 4), little(46, 4)]],
  ['\0\0\x01\0', () => [little(4, 2), little(14, 4), little(18, 4), little(30, 4), little(34, 4)]],
  ['II*\0', (file) => tiffFields(file, true)],
  ['MM\0*', (file) => tiffFields(file, false)],
  ['\0\0\0', (file) => offsetsOf(file, boxes).flatMap((at) => [big(at - 4, 4), big(at + 4, 4), big(at + 8, 4), big(at + 12, 4)])],
];

export function fieldsOf(file: Buffer): Field[] {
  const find = finders.find(([magic]) => file.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1')))?.[1];
  return (find?.(file) ?? []).filter(({ at, bytes }) => at >= 0 && at + bytes <= file.length);
}

function jpegFields(file: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 2; at + 4 <= file.length && file[at] === 0xff; at += 2 + file.readUInt16BE(at + 2)) {
    const marker = file[at + 1] ?? 0;
    fields.push(big(at + 2, 2));
    if (marker >= 0xc0 && marker <= 0xc2) fields.push(big(at + 5, 2), big(at + 7, 2));
    if (marker === 0xda) break;
  }
  return fields;
}

function gifDescriptors(file: Buffer): Field[] {
  return offsetsOf(file, [',\0\0\0\0']).flatMap((at) => [1, 3, 5, 7].map((offset) => little(at + offset, 2)));
}

function tiffFields(file: Buffer, littleEndian: boolean): Field[] {
  const field = littleEndian ? little : big;
  const directory = littleEndian ? file.readUInt32LE(4) : file.readUInt32BE(4);
  if (directory + 2 > file.length) return [field(4, 4)];
  const entries = Math.min(littleEndian ? file.readUInt16LE(directory) : file.readUInt16BE(directory), 64);
  const starts = Array.from({ length: entries }, (_, entry) => directory + 2 + entry * 12);
  return [field(4, 4), ...starts.flatMap((at) => [field(at, 2), field(at + 2, 2), field(at + 4, 4), field(at + 8, 4)])];
}
