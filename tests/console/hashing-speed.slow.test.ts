import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hammingDistance } from '../../src/domain/hash.js';
import { startImaging } from '../../src/imaging/client.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { type HashingBrowser, openHashingBrowser } from '../support/hashing-browser.js';
import { scene } from '../support/images.js';

const [grainWidth, grainHeight, channels] = [2_000, 1_500, 3] as const;

/** About normal: each sample is the mean of the four bytes of a xorshift generator's state. */
function grain(seed: number): Buffer {
  let state = seed;
  const data = Buffer.alloc(grainWidth * grainHeight * channels);
  for (let at = 0; at < data.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    data[at] = ((state & 255) + ((state >>> 8) & 255) + ((state >>> 16) & 255) + (state >>> 24)) >> 2;
  }
  return data;
}

/** A photograph of 12 megapixels with grain, 4 MB. The same seed gives the same photograph. */
async function largePhotograph(seed: number): Promise<Buffer> {
  const picture = await (await scene(seed, { width: 1_000, height: 750 })).resize(4_000, 3_000, { fit: 'fill' }).png().toBuffer();
  const raw = { width: grainWidth, height: grainHeight, channels };
  const input = await sharp(grain(seed), { raw })
    .resize(4_000, 3_000, { kernel: 'nearest' })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return sharp(picture)
    .composite([{ input, blend: 'soft-light' }])
    .removeAlpha()
    .jpeg({ quality: 88 })
    .toBuffer();
}

describeWithBrowser('hashing photographs of 12 megapixels', () => {
  let browser: HashingBrowser;
  let photographs: Buffer[];
  beforeAll(async () => {
    browser = await openHashingBrowser();
    photographs = [];
    for (const seed of [1, 6]) photographs.push(await largePhotograph(seed));
  });
  afterAll(() => browser.close());

  it('takes less than 10 s for twenty of them, without a long task in the page', async () => {
    await browser.page.evaluate(() => {
      const found: number[] = [];
      Object.assign(globalThis, { longTasks: found });
      new PerformanceObserver((list) => found.push(...list.getEntries().map(({ duration }) => duration))).observe({
        type: 'longtask',
      });
    });
    const files = Array.from({ length: 20 }, (_, at) => Buffer.concat([photographs[at % 2] ?? Buffer.alloc(0), Buffer.of(at)]));
    let bestMs = Number.POSITIVE_INFINITY;
    // Another test process shares the two cores: it can take half of them from a round, but rarely from three.
    for (let round = 0; round < 3 && bestMs >= 10_000; round++) {
      const before = performance.now();
      const outcomes = await browser.hash(files);
      bestMs = Math.min(bestMs, performance.now() - before);
      expect(outcomes.every((outcome) => 'hashes' in outcome)).toBe(true);
    }
    expect(bestMs).toBeLessThan(10_000);
    // From the script above.
    const longTasks = await browser.page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
    expect(longTasks.filter((duration) => duration > 100)).toEqual([]);
  }, 90_000);

  it('gives hashes within four bits of the server', async () => {
    const imaging = startImaging({ children: 1, deadlineMs: 60_000 });
    for (const [at, photograph] of photographs.entries()) {
      const ours = await imaging.hash(photograph, undefined, 'enrol');
      const theirs = (await browser.hash([photograph]))[0];
      if (!theirs || !('hashes' in theirs) || !('pdq' in ours)) throw new Error(`photograph ${at} has no hash`);
      const [first] = theirs.hashes.pdq;
      const [wanted] = ours.pdq[0]?.hashes ?? [];
      if (!first || !wanted) throw new Error(`photograph ${at} has no hash`);
      expect(hammingDistance(wanted, first.value as typeof wanted)).toBeLessThanOrEqual(4);
    }
    await imaging.close();
  });
});
