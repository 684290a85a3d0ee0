/** What a PNG says before its pixels that no decoder of ours heeds, and browsers do. Source: PNG (Third Edition), sections 5 and 11. */

/** Types of chunks as numbers: a file of 20 MiB can be two million chunks, and text would have to be made of each. */
const chunk = { IDAT: 0x49444154, acTL: 0x6163544c } as const;

/** Chunks up to the first of pixels; one that ends behind the file is left to the decoder. */
function* chunksBeforePixels(
  view: DataView,
): Generator<{ readonly type: number; readonly from: number; readonly length: number }> {
  for (let at = 8; at + 12 <= view.byteLength; ) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === chunk.IDAT || at + 12 + length > view.byteLength) return;
    yield { type, from: at + 8, length };
    at += 12 + length;
  }
}

/** True for an animation (APNG): browsers need not show the image that libvips decodes, which may be no frame of it at all. */
export function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { type } of chunksBeforePixels(view)) if (type === chunk.acTL) return true;
  return false;
}
