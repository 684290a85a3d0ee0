import { describe, expect, it } from 'vitest';
import { sniff } from '../../../native-free-workers/file-formats/sniff.js';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const box = (brands: string): string => `\0\0\0${String.fromCharCode(8 + brands.length)}ftyp${brands}`;

describe('sniff', () => {
  it.each([
    ['\xff\xd8\xff\xe0', 'jpeg'],
    ['\x89PNG\r\n\x1a\n', 'png'],
    ['GIF89a', 'gif'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'webp'],
    ['II*\0', 'tiff'],
    ['MM\0*', 'tiff'],
    ['\xff\xd8\xff\xefftyp', 'jpeg'],
    ['II*\0\x10\0\0\0WEBP', 'tiff'],
    ['II*\0ftypavif', 'tiff'],
    [box('avif\0\0\0\0mif1'), 'avif'],
    [box('mif1\0\0\0\0mif1avif'), 'avif'],
    ['\0\0\x01\0ftypavif', 'avif'],
  ])('recognises %j as %s', (head, format) => {
    expect(sniff(latin1(head))).toBe(format);
  });

  it.each([
    ['HEIC', box('heic\0\0\0\0mif1heic')],
    ['a film', box('isom\0\0\0\0mp41')],
    ['an AVIF brand after the first box', `${box('heic\0\0\0\0mif1')}avif`],
    ['BMP', 'BM\x36\0'],
    ['PDF', '%PDF-1.7'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['SVG after a declaration', '\xef\xbb\xbf\n<?xml version="1.0"?><svg/>'],
    ['JPEG XL', '\xff\x0a'],
    ['JPEG XL in a container', '\0\0\0\x0cJXL \r\n\x87\n'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['Photoshop', '8BPS\0\x01'],
    ['an icon', '\0\0\x01\0'],
  ])('refuses %s', (_, head) => {
    expect(sniff(latin1(head))).toBe('unsupported');
  });

  it.each(['', 'a', 'plain text', '\0\0\0\0', 'RIFF\x10\0\0\0WAVE', 'LIST\x10\0\0\0WEBP', '<html><body>', '\xff\xd8'])(
    'finds no image in %j',
    (head) => {
      expect(sniff(latin1(head))).toBeUndefined();
    },
  );
});
