/** Writes one AV1 picture as an AVIF file (ISO/IEC 23008-12), so that the usual decoder can read a sample of a sequence. */

/**
 * @param sample AV1 that needs no other sample
 * @param properties the boxes `av1C` and `colr`
 */
export function avifOf(sample: Uint8Array, width: number, height: number, properties: readonly Uint8Array[]): Uint8Array {
  const ftyp = box('ftyp', text('avif'), uint32(0), text('avif'), text('mif1'));
  const metaOf = (offset: number): Buffer => meta(sample.length, offset, [box('ispe', uint32(0, width, height)), ...properties]);
  // The length of the box does not depend on the offset.
  const offset = ftyp.length + metaOf(0).length + 8;
  return Buffer.concat([ftyp, metaOf(offset), box('mdat', sample)]);
}

function meta(length: number, offset: number, properties: readonly Uint8Array[]): Buffer {
  const handler = box('hdlr', uint32(0, 0), text('pict'), uint32(0, 0, 0), Buffer.of(0));
  const primary = box('pitm', uint32(0), Buffer.of(0, 1));
  // Offsets and lengths of four bytes; one item with one extent.
  const location = box('iloc', uint32(0), Buffer.of(0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1), uint32(offset, length));
  const info = box('infe', Buffer.of(2, 0, 0, 0, 0, 1, 0, 0), text('av01'), Buffer.of(0));
  const items = box('iinf', uint32(0), Buffer.of(0, 1), info);
  const links = properties.map((property, k) => (isEssential(property) ? 0x80 : 0) | (k + 1));
  const association = box('ipma', uint32(0, 1), Buffer.of(0, 1, links.length, ...links));
  return box('meta', uint32(0), handler, primary, location, items, box('iprp', box('ipco', ...properties), association));
}

const isEssential = (property: Uint8Array): boolean => Buffer.from(property.subarray(4, 8)).toString('latin1') === 'av1C';

const text = (latin1: string): Buffer => Buffer.from(latin1, 'latin1');

function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [k, value] of values.entries()) bytes.writeUInt32BE(value, k * 4);
  return bytes;
}

function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([uint32(body.length + 8), text(type), body]);
}
