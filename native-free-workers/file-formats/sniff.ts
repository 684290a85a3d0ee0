/** Names and Content-Type are not trusted. */
import type { DecodedFormat } from '../image-task.js';

const signatures: readonly (readonly [magic: string, format: DecodedFormat])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'], // BigTIFF
  ['MM\0+', 'tiff'],
  ['BM', 'bmp'],
  ['\xff\x0a', 'jxl'], // codestream
  ['\0\0\0\x0cJXL \r\n', 'jxl'],
];

/** Images that we refuse. */
const refused: readonly string[] = [
  '%PDF',
  '%!PS',
  '8BPS', // Photoshop
  '\0\0\0\x0cjP  \r\n', // JPEG 2000
  '\xff\x4f\xff\x51', // JPEG 2000 codestream
  '\x76\x2f\x31\x01', // OpenEXR
  '#?RADIANCE',
  'qoif',
];

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** `unsupported`: an image that we refuse. Undefined: no image. */
export function sniff(bytes: Uint8Array): DecodedFormat | 'unsupported' | undefined {
  const head = latin1(bytes.subarray(0, 512));
  // Before ISO media, as in browsers: other formats can have `ftyp` there by chance.
  const found = signatures.find(([magic]) => head.startsWith(magic));
  if (found) return found[1];
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp';
  if (head.startsWith('ftyp', 4)) return sniffIsoMedia(bytes, head);
  // Also a first box of 256 bytes, so ISO media come first.
  if (head.startsWith('\0\0\x01\0')) return 'ico';
  return isSvg(head) || refused.some((magic) => head.startsWith(magic)) ? 'unsupported' : undefined;
}

/** HEVC images, and any HEIF image. ISO/IEC 23008-12, annex B. */
const heicBrands: ReadonlySet<string> = new Set(['heic', 'heix', 'heim', 'heis', 'mif1']);

/** The first box lists the brands. `iso-media.ts` checks the content. */
function sniffIsoMedia(bytes: Uint8Array, head: string): 'avif' | 'heic' | 'unsupported' {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands: string[] = head.slice(8, Math.min(size, head.length)).match(/.{4}/gs) ?? [];
  brands.splice(1, 1);
  if (brands.includes('avif') || brands.includes('avis')) return 'avif';
  return brands.some((brand) => heicBrands.has(brand)) ? 'heic' : 'unsupported';
}

function isSvg(head: string): boolean {
  return /^(\xef\xbb\xbf)?\s*<(\?xml|!--|!doctype svg|svg)/i.test(head) && /<(svg|!doctype svg|\?xml)/i.test(head);
}
