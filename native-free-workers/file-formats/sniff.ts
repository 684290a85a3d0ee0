/** The type of a file from its first bytes: what a sender, a name or a header says about it is not believed. */
import type { DecodedFormat } from '../image-task.js';

/** Latin-1 text that files begin with. None begins another. */
const signatures: readonly (readonly [magic: string, format: DecodedFormat])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'], // BigTIFF
  ['MM\0+', 'tiff'],
];

/** The same of images that are refused. */
const refused: readonly string[] = [
  'BM',
  '%PDF',
  '%!PS',
  '8BPS', // Photoshop
  '\xff\x0a', // JPEG XL codestream
  '\0\0\0\x0cJXL \r\n',
  '\0\0\0\x0cjP  \r\n', // JPEG 2000
  '\xff\x4f\xff\x51', // JPEG 2000 codestream
  '\0\0\x01\0', // ICO, and a first box of 256 bytes, which is why ISO media are asked before
  '\x76\x2f\x31\x01', // OpenEXR
  '#?RADIANCE',
  'qoif',
];

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The format to decode, `unsupported` for image kinds we know and refuse, undefined for what is no image. Reads at most 512 bytes. */
export function sniff(bytes: Uint8Array): DecodedFormat | 'unsupported' | undefined {
  const head = latin1(bytes.subarray(0, 512));
  // Before ISO media, as browsers do it: four bytes from the fifth on are any format's own, such as the length of a JPEG's first segment.
  const found = signatures.find(([magic]) => head.startsWith(magic));
  if (found) return found[1];
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp';
  if (head.startsWith('ftyp', 4)) return sniffIsoMedia(bytes, head);
  return isSvg(head) || refused.some((magic) => head.startsWith(magic)) ? 'unsupported' : undefined;
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
