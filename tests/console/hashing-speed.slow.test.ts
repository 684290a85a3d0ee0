import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hammingDistance } from '../../src/domain/hash.js';
import { startImaging } from '../../src/imaging/client.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { type HashingBrowser, openHashingBrowser } from '../support/hashing-browser.js';
import { scene } from '../support/images.js';

/** A photograph of 12 megapixels with grain, 4 MB. */
async function largePhotograph(seed: number): Promise<Buffer> {
  const picture = await (await scene(seed, { width: 1_000, height: 750 })).resize(4_000, 3_000, { fit: 'fill' }).png().toBuffer();
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const grain = sharp({ create: { width: 2_000, height: 1_500, channels: 3, background: '#808080', noise } });
  const input = await grain.resize(4_000, 3_000, { kernel: 'nearest' }).png({ compressionLevel: 1 }).toBuffer();
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
    for (const seed of [1, 2, 3, 4]) photographs.push(await largePhotograph(seed));
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
    const files = Array.from({ length: 20 }, (_, at) => Buffer.concat([photographs[at % 4] ?? Buffer.alloc(0), Buffer.of(at)]));
    const before = performance.now();
    const outcomes = await browser.hash(files);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(outcomes.every((outcome) => 'hashes' in outcome)).toBe(true);
    // From the script above.
    const longTasks = await browser.page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
    expect(longTasks.filter((duration) => duration > 100)).toEqual([]);
  });

  it('gives hashes within two bits of the server', async () => {
    const imaging = startImaging({ children: 1, deadlineMs: 60_000 });
    for (const [at, photograph] of photographs.entries()) {
      const ours = await imaging.hash(photograph, undefined, 'enrol');
      const theirs = (await browser.hash([photograph]))[0];
      if (!theirs || !('hashes' in theirs) || !('pdq' in ours)) throw new Error(`photograph ${at} has no hash`);
      const [first] = theirs.hashes.pdq;
      const [wanted] = ours.pdq[0]?.hashes ?? [];
      if (!first || !wanted) throw new Error(`photograph ${at} has no hash`);
      expect(hammingDistance(wanted, first.value as typeof wanted)).toBeLessThanOrEqual(2);
    }
    await imaging.close();
  });
});
