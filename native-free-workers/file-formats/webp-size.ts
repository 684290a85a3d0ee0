/**
 * Pixels that a WebP claims to have, read from its first chunk (RFC 9649, sections 2.5 to 2.7); 0 where there is none to read.
 *
 * libvips takes memory for the whole canvas before it looks at a limit. Natively those pages are never touched; the WebAssembly build
 * writes zeros to all of them: 60 bytes that claim 16383x16383 cost 1.1 GB and half a second (measured).
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
  // Two bits of scaling stand above the fourteen of each side.
  return chunk === 'VP8 ' ? (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff) : 0;
}
