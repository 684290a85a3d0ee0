/**
 * Pixels that a WebP claims (RFC 9649, sections 2.5 to 2.7), or 0. libvips allocates the canvas before it checks the limit, and
 * its WebAssembly build fills it: 60 bytes that claim 16383x16383 cost 1.1 GB and half a second.
 */
export function webpPixels(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 30) return 0;
  const chunk = String.fromCharCode(...bytes.subarray(12, 16));
  const low24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (chunk === 'VP8X') return (low24(24) + 1) * (low24(27) + 1);
  if (chunk === 'VP8L') {
    const sizes = view.getUint32(21, true);
    return ((sizes & 0x3fff) + 1) * (((sizes >>> 14) & 0x3fff) + 1);
  }
  // The upper two bits of each side hold a scale.
  return chunk === 'VP8 ' ? (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff) : 0;
}
