import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Imaging, type ImagingOptions, type ImagingResult, startImaging } from '../../src/imaging/client.js';
import { memoryOf } from '../../src/imaging/memory-watch.js';
import { endless, interlacedBlack } from '../support/bombs.js';
import { jpegs, scene } from '../support/photographs.js';

const MiB = 2 ** 20;
/** 147 MB of pixels in 150 kB: interlaced, so all are needed before the first row. 210 MB, one second. */
const bomb = interlacedBlack(7_000, 7_000);
const files = await jpegs(3);
let imaging: Imaging;

/** A process that holds so many bytes. */
async function holding(bytes: number): Promise<ChildProcess> {
  const code = `const held = Buffer.alloc(${bytes}, 1); console.log('ready'); setInterval(() => held, 60_000)`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function started(options: ImagingOptions): Promise<Imaging> {
  imaging = startImaging({ children: 1, ...options });
  await imaging.ready;
  return imaging;
}

async function expectedHashes(): Promise<ImagingResult[]> {
  const quiet = startImaging({ children: 1 });
  const results = await Promise.all(files.map((file) => quiet.hash(file)));
  await quiet.close();
  return results;
}

afterEach(() => imaging.close());

describe('an image that takes more memory than allowed', () => {
  it('answers decoder_crashed, and the other images are hashed', async () => {
    const expected = await expectedHashes();
    const warn = vi.fn();
    const service = await started({ memoryMb: 64, deadlineMs: 30_000, log: { warn } });
    const answers = [bomb, ...files].map((file) => service.hash(file));
    expect(await Promise.all(answers)).toEqual([{ unscannable: 'decoder_crashed' }, ...expected]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ killReason: 'memory' }), expect.any(String));
  });

  it('is stopped before it takes much more', async () => {
    const service = await started({ memoryMb: 64, deadlineMs: 30_000 });
    const [pid] = service.stats().pids;
    const before = memoryOf(pid) ?? 0;
    let max = 0;
    const polling = setInterval(() => {
      max = Math.max(max, memoryOf(pid) ?? 0);
    }, 1);
    await service.hash(bomb);
    clearInterval(polling);
    expect(max - before).toBeGreaterThan(64 * MiB);
    // Half of what the image would take: polls may come late.
    expect(max - before).toBeLessThan(128 * MiB);
  });

  it('is hashed if the limit allows it', async () => {
    const service = await started({ deadlineMs: 30_000 });
    expect(await service.hash(bomb)).toMatchObject({ unscannable: 'flat', width: 7_000 });
    expect(service.stats().restarts).toBe(0);
  });
});

describe('an image that takes more time than allowed', () => {
  it('answers timeout, and the other images are hashed', async () => {
    const expected = await expectedHashes();
    // At least three seconds; the other images take 10 ms each.
    const slow = interlacedBlack(20_000, 15_000);
    const service = await started({ deadlineMs: 1_500, maxPixels: 300_000_000 });
    const answers = [slow, ...files].map((file) => service.hash(file));
    expect(await Promise.all(answers)).toEqual([{ unscannable: 'timeout' }, ...expected]);
  });
});

describe('an animation of a photograph and of 999 large frames', () => {
  const pictures = [scene(1, 1_920, 1_080), sharp({ create: { width: 1_920, height: 1_080, channels: 3, background: '#468' } })];
  const animation = async () =>
    sharp(await Promise.all(pictures.map((picture) => picture.png().toBuffer())), { join: { animated: true } });

  it.each([
    ['GIF', async () => (await animation()).gif({ effort: 1 }).toBuffer()],
    ['WebP', async () => (await animation()).webp({ effort: 0 }).toBuffer()],
  ])('is hashed in time by its first frames, and says how many they are (%s)', async (_, save) => {
    const short = await save();
    const long = endless(short, 998);
    expect(await sharp(long).metadata()).toMatchObject({ pages: 1_000, width: 1_920, height: 1_080 });
    const service = await started({});
    const first = await service.hash(short);
    expect(first).toHaveProperty('pdq.0.variant', 'full');
    expect(await service.hash(long)).toEqual({ ...first, frames: { looked: 23, of: 1_000 } });
  });
});

describe('a process that retains memory', () => {
  it('is replaced when idle, and no image is lost', async () => {
    const expected = await expectedHashes();
    const warn = vi.fn();
    // A WebAssembly memory never shrinks: 400 MB for 48 megapixels.
    const service = await started({ decoder: 'wasm', deadlineMs: 30_000, memoryMb: 700, log: { warn } });
    const large = await scene(1, 600, 450).resize(8_000, 6_000, { kernel: 'nearest' }).webp({ effort: 0 }).toBuffer();
    const [pid] = service.stats().pids;
    const answers = [large, ...files].map((file) => service.hash(file));
    const [first, ...others] = await Promise.all(answers);
    expect(first).toMatchObject({ width: 8_000 });
    expect(others).toEqual(expected);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ killReason: 'retained_memory' }), expect.any(String));
    expect(service.stats().pids).not.toContain(pid);
  });
});

describe('memoryOf', () => {
  it('measures the memory of a process', async () => {
    // Processes of their own: this one may give memory back at any time.
    const [small, large] = await Promise.all([0, 64].map((megabytes) => holding(megabytes * MiB)));
    const [less = 0, more = 0] = [small, large].map((child) => memoryOf(child?.pid));
    for (const child of [small, large]) child?.kill();
    expect(more - less).toBeGreaterThan(60 * MiB);
    expect(more - less).toBeLessThan(80 * MiB);
  });

  it('is undefined for a missing process', () => {
    expect(memoryOf(2 ** 30)).toBeUndefined();
    expect(memoryOf(undefined)).toBeUndefined();
  });
});
