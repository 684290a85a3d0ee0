/**
 * libvips refuses a WebP that ends early. Zeros in place of the missing bytes let it decode what is there (RFC 9649, section 2.3: a
 * file is a RIFF header and chunks).
 */

const riffHeader = 12;
const chunkHeader = 8;
/** Position, size and duration come before the picture of a frame. */
const frameHeader = 16;
/** Through the width and height of the picture. */
const minBytes = 30;
/** A header of a few bytes may claim four gigabytes. */
const maxAddedBytes = 16_000_000;

/** Undefined: no chunk of the file is cut. */
export function withMissingBytes(webp: Uint8Array): Uint8Array | undefined {
  if (webp.length < minBytes) return undefined;
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength);
  for (let at = riffHeader; at + chunkHeader < webp.length; ) {
    const size = view.getUint32(at + 4, true);
    const end = at + chunkHeader + size + (size % 2);
    if (end > webp.length) return endingAt(hasPicture(webp, at) ? end : at, webp);
    at = end;
  }
  return undefined;
}

/** A frame of an animation that shows nothing is left out, because libvips refuses it. */
function hasPicture(webp: Uint8Array, at: number): boolean {
  const isFrame = String.fromCharCode(...webp.subarray(at, at + 4)) === 'ANMF';
  return !isFrame || webp.length > at + chunkHeader + frameHeader + 2 * chunkHeader;
}

function endingAt(end: number, webp: Uint8Array): Uint8Array | undefined {
  if (end - webp.length > maxAddedBytes) return undefined;
  const ended = new Uint8Array(end);
  ended.set(webp.subarray(0, Math.min(end, webp.length)));
  new DataView(ended.buffer).setUint32(4, end - chunkHeader, true);
  return ended;
}
