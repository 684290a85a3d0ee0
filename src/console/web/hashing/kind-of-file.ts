/** What a file is by its first bytes. Names and types that the system claims are not trusted. */
import { codingOf } from '../../../../native-free-workers/file-formats/iso-media.js';
import { sniff } from '../../../../native-free-workers/file-formats/sniff.js';
import type { DecodedFormat } from '../../../../native-free-workers/image-task.js';
import type { FileRefusal } from './outcome.ts';

export type BrowserFormat = Exclude<DecodedFormat, 'heic'>;

export function kindOfFile(bytes: Uint8Array): BrowserFormat | { readonly refused: FileRefusal } {
  const format = sniff(bytes);
  if (format === 'heic' || isHeic(bytes, format)) return { refused: 'heic' };
  if (isVideo(bytes, format)) return { refused: 'video' };
  if (format === undefined) return { refused: 'not_an_image' };
  return format === 'unsupported' ? { refused: 'unreadable' } : format;
}

const isHeic = (bytes: Uint8Array, format: string | undefined): boolean => format === 'avif' && codingOf(bytes) === 'hevc';

const latin1 = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));

/** Matroska and WebM, Flash, Windows Media, MPEG program streams. */
const videoMagic = ['\x1a\x45\xdf\xa3', 'FLV', '\x30\x26\xb2\x75', '\0\0\x01\xba', '\0\0\x01\xb3'];
/** ISO media that hold no image: MP4, QuickTime, 3GP. QuickTime may begin with another box. */
const videoBoxes = ['ftyp', 'moov', 'mdat', 'wide'];

function isVideo(bytes: Uint8Array, format: string | undefined): boolean {
  if (format !== undefined && format !== 'unsupported') return false;
  const head = latin1(bytes, 0, 12);
  if (videoBoxes.includes(head.slice(4, 8)) || videoMagic.some((magic) => head.startsWith(magic))) return true;
  if (head.startsWith('RIFF') && head.startsWith('AVI ', 8)) return true;
  // Packets of an MPEG transport stream.
  return bytes[0] === 0x47 && bytes[188] === 0x47 && bytes[376] === 0x47;
}
