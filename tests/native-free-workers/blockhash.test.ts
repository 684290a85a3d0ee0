import { describe, expect, it } from 'vitest';
import { blockhashes } from '../../native-free-workers/blockhash.js';
import type { Raster } from '../../native-free-workers/raster.js';

const blockhash = (raster: Raster): string => blockhashes(raster)[0] ?? '';
const grey = Uint8Array.from({ length: 50 * 40 }, (_, at) => (at * 7 + (at >> 4) * 31) % 256);
const repeated = (channels: 3 | 4): Uint8Array =>
  Uint8Array.from({ length: grey.length * channels }, (_, at) =>
    at % channels === 3 ? 255 : (grey[Math.floor(at / channels)] ?? 0),
  );

describe('blockhash', () => {
  it('is 256 bits in hexadecimal', () => {
    expect(blockhash({ data: grey, width: 50, height: 40, channels: 1 })).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is the same from grey, RGB and RGBA pixels', () => {
    const expected = blockhash({ data: grey, width: 50, height: 40, channels: 1 });
    expect(blockhash({ data: repeated(3), width: 50, height: 40, channels: 3 })).toBe(expected);
    expect(blockhash({ data: repeated(4), width: 50, height: 40, channels: 4 })).toBe(expected);
  });

  it('tells the bright half from the dark one', () => {
    const data = Uint8Array.from({ length: 32 * 32 }, (_, at) => (at % 32 < 16 ? 200 : 20));
    expect(blockhash({ data, width: 32, height: 32, channels: 1 })).toBe('ff00'.repeat(16));
  });
});
