import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalise } from '../../../native-free-workers/decoding/normalise.js';
import { optionalFormats } from '../../../native-free-workers/image-task.js';
import { animatedPng } from '../../support/bombs.js';
import { everyFlavour } from '../../support/formats.js';
import { ftyp, metaOf, moovOf } from '../../support/heif.js';
import { scene } from '../../support/photographs.js';

const limits = { maxPixels: 1_000_000, maxFrames: 10 };
const allOff = { ...limits, formatsOff: optionalFormats };
const latin1 = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(200)]);
const apng = animatedPng(await scene(1, 64, 48).png().toBuffer(), await scene(2, 64, 48).png().toBuffer());
const avif = await scene(1, 64, 48).avif({ effort: 0 }).toBuffer();
const decoded = await everyFlavour(1, 64, 48);

// Without a decoder libvips refuses everything, which counts as truncated.
beforeAll(() => sharp.block({ operation: ['VipsForeignLoad'] }));
// The process goes on to other test files.
afterAll(() => sharp.unblock({ operation: ['VipsForeignLoad'] }));

describe('with every decoder of libvips and every optional format switched off', () => {
  it.each([
    ['HEIC', Buffer.concat([ftyp('heic', 'mif1', 'heic'), metaOf('hvc1')])],
    ['HEIC that claims to be AVIF', Buffer.concat([ftyp('avif', 'mif1'), metaOf('hvc1')])],
    ['HEIC that claims to be both', Buffer.concat([ftyp('heic', 'avif', 'mif1'), metaOf('hvc1', 'av01')])],
    ['HEIF with an uncompressed item', Buffer.concat([ftyp('avif', 'mif1'), metaOf('av01', 'unci')])],
    ['an animated PNG', apng],
    ['an AVIF with a film', Buffer.concat([avif, moovOf('av01')])],
    ['a film', ftyp('isom', 'mp41')],
    ['BMP', latin1('BM6\0\0\0')],
    ['SVG', latin1('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['SVG after a comment', latin1('<!-- harmless --><svg/>')],
    ['PDF', latin1('%PDF-1.7\n')],
    ['PostScript', latin1('%!PS-Adobe-3.0')],
    ['JPEG XL', latin1('\xff\x0a')],
    ['JPEG 2000', latin1('\0\0\0\x0cjP  \r\n\x87\n')],
    ['Photoshop', latin1('8BPS\0\x01')],
    ['an icon', latin1('\0\0\x01\0')],
    ['OpenEXR', latin1('\x76\x2f\x31\x01')],
    ['Radiance', latin1('#?RADIANCE\n')],
  ])('%s answers unsupported_format', async (_, bytes) => {
    expect(await normalise(bytes, allOff)).toEqual({ unscannable: 'unsupported_format' });
  });

  it.each([
    ['HEIC that claims to be AVIF', Buffer.concat([ftyp('avif', 'mif1'), metaOf('hvc1')])],
    ['HEIC that claims to be both', Buffer.concat([ftyp('heic', 'avif', 'mif1'), metaOf('hvc1', 'av01')])],
    ['AVIF that claims to be HEIC', Buffer.concat([ftyp('heic', 'mif1'), metaOf('av01')])],
    ['HEIC with a JPEG', Buffer.concat([ftyp('heic', 'mif1'), metaOf('hvc1', 'jpeg')])],
    ['HEIC with a film', Buffer.concat([ftyp('heic', 'mif1'), metaOf('hvc1'), moovOf('hvc1')])],
    ['a bitmap with an unknown header', latin1('BM6\0\0\0')],
    ['an AVIF with a film without samples', Buffer.concat([avif, moovOf('av01')])],
  ])('%s answers unsupported_format though no format is switched off', async (_, bytes) => {
    expect(await normalise(bytes, limits)).toEqual({ unscannable: 'unsupported_format' });
  });

  it.each([
    ['text', latin1('hello')],
    ['a ZIP', latin1('PK\x03\x04')],
    ['a script', latin1('#!/bin/sh\n')],
    ['a portable pixmap, which libvips could read', latin1('P6\n4 4\n255\n')],
    ['a FITS file', latin1('SIMPLE  =                    T')],
    ['a MATLAB file', latin1('MATLAB 5.0 MAT-file')],
    ['nothing', Buffer.alloc(0)],
  ])('%s answers not_an_image', async (_, bytes) => {
    expect(await normalise(bytes, limits)).toEqual({ unscannable: 'not_an_image' });
  });

  it.each(decoded)('a $name reaches the decoder', async ({ bytes }) => {
    expect(await normalise(bytes, limits)).toEqual({ unscannable: 'truncated' });
  });
});
