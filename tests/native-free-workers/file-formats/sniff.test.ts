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
    [box('heic\0\0\0\0mif1heic'), 'heic'],
    [`${box('heic\0\0\0\0mif1')}avif`, 'heic'],
    ['BM\x36\0', 'bmp'],
    ['\xff\x0a', 'jxl'],
    ['\0\0\0\x0cJXL \r\n\x87\n', 'jxl'],
    ['\0\0\x01\0', 'ico'],
  ])('recognises %j as %s', (head, format) => {
    expect(sniff(latin1(head))).toBe(format);
  });

  it.each([
    ['a film', box('isom\0\0\0\0mp41')],
    ['PDF', '%PDF-1.7'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['SVG after a declaration', '\xef\xbb\xbf\n<?xml version="1.0"?><svg/>'],
    ['JPEG 2000', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['Photoshop', '8BPS\0\x01'],
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
