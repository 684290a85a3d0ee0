import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codingOf } from '../../../native-free-workers/file-formats/iso-media.js';
import { box, ftyp, metaOf, moovOf } from '../../support/heif.js';
import { scene } from '../../support/photographs.js';

const avif = await scene(1, 64, 48).avif({ effort: 0 }).toBuffer();
const file = (...boxes: Buffer[]): Buffer => Buffer.concat([ftyp('avif', 'mif1', 'miaf'), ...boxes]);

describe('codingOf', () => {
  it('finds AV1 in encoded files, with and without alpha and metadata', async () => {
    expect(codingOf(avif)).toBe('av1');
    const more = scene(1, 64, 48).ensureAlpha(0.5).withMetadata({ orientation: 3 }).withXmp('<x/>');
    expect(codingOf(await more.avif({ effort: 0 }).toBuffer())).toBe('av1');
  });

  it.each(['hvc1', 'vvc1', 'avc1', 'jpeg', 'j2k1', 'unci', 'mski', 'iovl', ''])(
    'finds an item of type %j among AV1 items',
    (type) => {
      expect(codingOf(file(metaOf('av01', type)))).toBe('other');
      expect(codingOf(file(metaOf('av01'), metaOf(type)))).toBe('other');
    },
  );

  it('finds a sequence beside AV1 items or none, and refuses one beside HEVC', () => {
    expect(codingOf(file(moovOf('av01')))).toBe('sequence');
    expect(codingOf(file(metaOf('av01'), moovOf('av01')))).toBe('sequence');
    expect(codingOf(file(metaOf('hvc1'), moovOf('hvc1')))).toBe('other');
  });

  it('finds HEVC alone', () => {
    expect(codingOf(file(metaOf('hvc1', 'grid', 'Exif')))).toBe('hevc');
  });

  it('refuses the short form of HEIF 3', () => {
    expect(codingOf(file(metaOf('av01'), box('mini', Buffer.alloc(20))))).toBe('other');
  });

  it('reads past boxes of 64-bit size and into a last box without size', () => {
    const long = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from('free'),
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 20]),
      Buffer.alloc(4),
    ]);
    const open = metaOf('hvc1');
    open.writeUInt32BE(0, 0);
    expect(codingOf(file(long, open))).toBe('hevc');
  });

  it('finds nothing in a header or in metadata alone', () => {
    expect(codingOf(file())).toBe('nothing');
    expect(codingOf(file(metaOf('Exif', 'mime')))).toBe('nothing');
    expect(codingOf(Buffer.alloc(0))).toBe('nothing');
  });

  it('stops at endlessly nested boxes', () => {
    const nested = Array.from({ length: 2_000 }).reduce<Buffer>((inner) => box('meta', Buffer.alloc(4), inner), metaOf('hvc1'));
    expect(codingOf(nested)).toBe('nothing');
    const open = Buffer.concat(Array(50_000).fill(Buffer.from('\0\0\0\0meta', 'latin1')));
    expect(codingOf(open)).toBe('nothing');
  });

  it('refuses a file with too many boxes without reading them all', () => {
    const boxes = (count: number): Buffer => Buffer.concat(Array(count).fill(box('free')));
    expect(codingOf(Buffer.concat([avif, boxes(1_000)]))).toBe('av1');
    expect(codingOf(Buffer.concat([avif, boxes(5_000)]))).toBe('other');
    const many = file(boxes(2_600_000));
    const began = performance.now();
    expect(codingOf(many)).toBe('other');
    expect(performance.now() - began).toBeLessThan(200);
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(avif.length), (noise, at) => {
        const mixed = Buffer.concat([avif.subarray(0, at), noise]);
        expect(['av1', 'hevc', 'sequence', 'other', 'nothing']).toContain(codingOf(mixed));
      }),
    );
  });
});
