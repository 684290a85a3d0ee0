import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { isPlainSrgb } from '../../native-free-workers/srgb-profile.js';

async function profile(name: string): Promise<Uint8Array> {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } });
  const space = name === 'cmyk' ? 'cmyk' : 'srgb';
  const { icc } = await sharp(await image.toColourspace(space).withIccProfile(name).jpeg().toBuffer()).metadata();
  if (!icc) throw new Error('no profile was embedded');
  return icc;
}

const srgb = await profile('srgb');

/** The profile with the bytes of a tag's name, or of what it points to, changed. */
function changed(change: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(srgb);
  change(bytes, new DataView(bytes.buffer));
  return bytes;
}

/** Offset of the entry of a tag in the table. */
function tag(name: string): number {
  const at = Buffer.from(srgb).indexOf(name, 132, 'latin1');
  if (at < 0) throw new Error(`no tag ${name}`);
  return at;
}

describe('isPlainSrgb', () => {
  it('knows sRGB', () => {
    expect(isPlainSrgb(srgb)).toBe(true);
  });

  it.each(['p3', 'cmyk'])('does not take %s for sRGB', async (name) => {
    expect(isPlainSrgb(await profile(name))).toBe(false);
  });

  it('does not take a profile for sRGB whose red and blue are swapped', () => {
    const swapped = changed((bytes) => {
      bytes[tag('rXYZ')] = 'b'.charCodeAt(0);
      bytes[tag('bXYZ')] = 'r'.charCodeAt(0);
    });
    expect(isPlainSrgb(swapped)).toBe(false);
  });

  it('does not take a profile for sRGB that also has a table', () => {
    const withTable = changed((bytes) => bytes.set(Buffer.from('A2B0'), tag('desc')));
    expect(isPlainSrgb(withTable)).toBe(false);
  });

  it('takes no part of a profile for a profile, at whatever byte it ends', () => {
    for (let length = 0; length < srgb.length; length++) expect(isPlainSrgb(srgb.subarray(0, length))).toBe(false);
  });
});
