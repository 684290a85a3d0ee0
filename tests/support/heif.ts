const text = (latin1: string): Buffer => Buffer.from(latin1, 'latin1');

export function box(type: string, ...content: Uint8Array[]): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(8 + content.reduce((sum, { length }) => sum + length, 0));
  return Buffer.concat([size, text(type), ...content]);
}

export const ftyp = (major: string, ...compatible: string[]): Buffer =>
  box('ftyp', text(major), Buffer.alloc(4), ...compatible.map(text));

export function metaOf(...types: string[]): Buffer {
  const infe = (type: string, at: number) => box('infe', Buffer.from([2, 0, 0, 0, 0, at + 1, 0, 0]), text(`${type}\0`));
  const iinf = box('iinf', Buffer.from([0, 0, 0, 0, 0, types.length]), ...types.map(infe));
  return box('meta', Buffer.alloc(4), box('hdlr', Buffer.alloc(24)), iinf);
}

export function moovOf(type: string): Buffer {
  const stsd = box('stsd', Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), box(type, Buffer.alloc(70)));
  return ['stbl', 'minf', 'mdia', 'trak', 'moov'].reduce((inner, outer) => box(outer, inner), stsd);
}
