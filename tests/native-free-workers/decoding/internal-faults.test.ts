import { describe, expect, it } from 'vitest';
import { normalise } from '../../../native-free-workers/decoding/normalise.js';
import { scene } from '../../support/photographs.js';

const webp = await scene(1, 64, 48).webp().toBuffer();
const jpeg = await scene(1, 64, 48).withIccProfile('p3').jpeg().toBuffer();

/** Limits that throw when they are read, between two calls of the decoder. */
const failing = (fault: Error) => ({
  maxPixels: 1_000_000,
  get maxFrames(): number {
    throw fault;
  },
});

describe('normalise', () => {
  it.each([
    new TypeError('x is undefined'),
    new RangeError('offset is out of bounds'),
    new WebAssembly.RuntimeError('unreachable'),
  ])('rejects with %s instead of refusing the image', async (fault) => {
    await expect(normalise(webp, failing(fault))).rejects.toBe(fault);
  });

  it('rejects with a fault in the second attempt at a JPEG without end marker', async () => {
    const faults = [new Error('VipsJpeg: premature end'), new TypeError('x is undefined')];
    const limits = {
      maxPixels: 1_000_000,
      get maxFrames(): number {
        throw faults.shift();
      },
    };
    await expect(normalise(jpeg, limits)).rejects.toThrow('x is undefined');
    expect(faults).toEqual([]);
  });

  it('rejects when sharp reports wrong arguments', async () => {
    await expect(normalise(jpeg, { maxPixels: -1, maxFrames: 10 })).rejects.toThrow('Expected');
  });

  it('refuses the image when the decoder reports an error', async () => {
    expect(await normalise(webp, failing(new Error('VipsJpeg: premature end')))).toEqual({ unscannable: 'truncated' });
    const header = webp.subarray(0, 28);
    expect(await normalise(header, { maxPixels: 1_000_000, maxFrames: 10 })).toEqual({ unscannable: 'truncated' });
  });
});
