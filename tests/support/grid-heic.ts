import { box } from './heif.js';

const uint16 = (...values: readonly number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
const uint32 = (...values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value) => uint16(value >>> 16, value & 0xffff)));

function boxIn(file: Buffer, type: string): Buffer {
  const at = file.indexOf(type, 0, 'latin1') - 4;
  return file.subarray(at, at + file.readUInt32BE(at));
}

/**
 * A HEIC as phones write it: a grid of tiles, and a property that turns it.
 *
 * @param tile a HEIC of one item, shown twice side by side
 * @param quarterTurns to the left
 */
export function gridHeic(tile: Buffer, { width, height }: { width: number; height: number }, quarterTurns: number): Buffer {
  const content = boxIn(tile, 'mdat').subarray(8);
  const grid = Buffer.concat([Buffer.of(0, 0, 0, 1), uint16(width * 2, height)]);
  const properties = [
    boxIn(tile, 'hvcC'),
    box('ispe', uint32(0, width, height)),
    box('ispe', uint32(0, width * 2, height)),
    box('irot', Buffer.of(quarterTurns)),
  ];
  // Tiles are hidden.
  const infe = (id: number, type: string): Buffer =>
    box('infe', Buffer.of(2, 0, 0, type === 'hvc1' ? 1 : 0), uint16(id, 0), Buffer.from(`${type}\0`));
  const ftyp = box('ftyp', Buffer.from('heic\0\0\0\0mif1heic'));
  const metaAt = (offset: number): Buffer => {
    const extents = [
      [1, offset, content.length],
      [2, offset, content.length],
      [3, offset + content.length, grid.length],
    ].map(([id = 0, from = 0, length = 0]) => Buffer.concat([uint16(id, 0, 1), uint32(from, length)]));
    return box(
      'meta',
      uint32(0),
      box('hdlr', uint32(0, 0), Buffer.from('pict'), uint32(0, 0, 0), Buffer.of(0)),
      box('pitm', uint32(0), uint16(3)),
      box('iloc', uint32(0), Buffer.of(0x44, 0), uint16(3), ...extents),
      box('iinf', uint32(0), uint16(3), infe(1, 'hvc1'), infe(2, 'hvc1'), infe(3, 'grid')),
      box('iref', uint32(0), box('dimg', uint16(3, 2, 1, 2))),
      box(
        'iprp',
        box('ipco', ...properties),
        box(
          'ipma',
          uint32(0, 3),
          ...[1, 2].map((id) => Buffer.concat([uint16(id), Buffer.of(2, 0x81, 2)])),
          uint16(3),
          Buffer.of(2, 3, 0x84),
        ),
      ),
    );
  };
  const offset = ftyp.length + metaAt(0).length + 8;
  return Buffer.concat([ftyp, metaAt(offset), box('mdat', content, grid)]);
}
