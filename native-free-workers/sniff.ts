/** The type of a file from its first bytes: what a sender, a name or a header says about it is not believed. */
import type { DecodedFormat } from './image-result.js';

/** `at`: offset in bytes. `magic`: Latin-1 text; every signature here is under 32 bytes from the start. */
interface Signature {
  readonly kind: DecodedFormat | 'unsupported';
  readonly at: number;
  readonly magic: string;
}

const signature = (kind: Signature['kind'], magic: string, at = 0): Signature => ({ kind, at, magic });

/** Order matters only for RIFF and ISO media, which are handled before. */
const signatures: readonly Signature[] = [
  signature('jpeg', '\xff\xd8\xff'),
  signature('png', '\x89PNG\r\n\x1a\n'),
  signature('gif', 'GIF87a'),
  signature('gif', 'GIF89a'),
  signature('webp', 'WEBP', 8),
  signature('tiff', 'II*\0'),
  signature('tiff', 'MM\0*'),
  signature('tiff', 'II+\0'), // BigTIFF
  signature('tiff', 'MM\0+'),
  signature('unsupported', 'BM'),
  signature('unsupported', '%PDF'),
  signature('unsupported', '%!PS'),
  signature('unsupported', '8BPS'), // Photoshop
  signature('unsupported', '\xff\x0a'), // JPEG XL codestream
  signature('unsupported', '\0\0\0\x0cJXL \r\n'),
  signature('unsupported', '\0\0\0\x0cjP  \r\n'), // JPEG 2000
  signature('unsupported', '\xff\x4f\xff\x51'), // JPEG 2000 codestream
  signature('unsupported', '\0\0\x01\0'), // ICO
  signature('unsupported', '\x76\x2f\x31\x01'), // OpenEXR
  signature('unsupported', '#?RADIANCE'),
  signature('unsupported', 'qoif'),
];

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The format to decode, `unsupported` for image kinds we know and refuse, undefined for what is no image. Reads at most 512 bytes. */
export function sniff(bytes: Uint8Array): DecodedFormat | 'unsupported' | undefined {
  const head = latin1(bytes.subarray(0, 512));
  if (head.startsWith('ftyp', 4)) return sniffIsoMedia(bytes, head);
  const found = signatures.find(({ at, magic }) => head.startsWith(magic, at));
  if (found) return found.kind;
  return isSvg(head) ? 'unsupported' : undefined;
}

/**
 * ISO base media files name their brands in the first box, the major one and, behind a version, those they are compatible with. AVIF must
 * be among them; whether the file keeps that promise is for `iso-media.ts` to see.
 */
function sniffIsoMedia(bytes: Uint8Array, head: string): 'avif' | 'unsupported' {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands: string[] = head.slice(8, Math.min(size, head.length)).match(/.{4}/gs) ?? [];
  brands.splice(1, 1);
  return brands.includes('avif') || brands.includes('avis') ? 'avif' : 'unsupported';
}

/** Text that opens with an XML declaration, a comment, a doctype or the svg element itself. */
function isSvg(head: string): boolean {
  return /^(\xef\xbb\xbf)?\s*<(\?xml|!--|!doctype svg|svg)/i.test(head) && /<(svg|!doctype svg|\?xml)/i.test(head);
}
