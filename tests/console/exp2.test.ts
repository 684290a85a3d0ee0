import sharp from 'sharp';
import { it } from 'vitest';
import { hammingDistance } from '../../src/domain/hash.js';
import { startImaging } from '../../src/imaging/client.js';
import { openHashingBrowser } from '../support/hashing-browser.js';
import { scene } from '../support/images.js';

async function noisy(seed: number, width: number, height: number) {
  const s = await scene(seed, { width: 1000, height: 750 });
  const noise = await sharp({
    create: {
      width: width / 2,
      height: height / 2,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .png()
    .toBuffer();
  const big = await s.resize(width, height, { fit: 'fill' }).png({ compressionLevel: 1 }).toBuffer();
  return sharp(big)
    .composite([
      {
        input: await sharp(noise).resize(width, height, { kernel: 'nearest' }).png({ compressionLevel: 1 }).toBuffer(),
        blend: 'soft-light',
      },
    ])
    .removeAlpha();
}
it('x', async () => {
  const imaging = startImaging({ children: 1, deadlineMs: 60_000 });
  const b = await openHashingBrowser();
  try {
    const cases: [string, Buffer][] = [];
    for (const seed of [1, 2, 3]) {
      const p = await (await noisy(seed, 4000, 3000)).png({ compressionLevel: 1 }).toBuffer();
      cases.push([`jpeg q90 12MP`, await sharp(p).jpeg({ quality: 90 }).toBuffer()]);
      cases.push([`jpeg 444 12MP`, await sharp(p).jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer()]);
      cases.push([`jpeg rot6 12MP`, await sharp(p).withMetadata({ orientation: 6 }).jpeg({ quality: 90 }).toBuffer()]);
      cases.push([`jpeg 3MP`, await sharp(p).resize(2016, 1512).jpeg({ quality: 90 }).toBuffer()]);
      cases.push([`jpeg 1500`, await sharp(p).resize(1500, 1125).jpeg({ quality: 90 }).toBuffer()]);
      cases.push([`png 12MP`, p]);
      cases.push([`png 1080x2340`, await sharp(p).resize(1080, 2340, { fit: 'fill' }).png({ compressionLevel: 1 }).toBuffer()]);
      cases.push([
        `png16 1080x2340`,
        await sharp(p).resize(1080, 2340, { fit: 'fill' }).toColourspace('rgb16').png({ compressionLevel: 1 }).toBuffer(),
      ]);
      cases.push([
        `png grey 1080x2340`,
        await sharp(p)
          .resize(1080, 2340, { fit: 'fill' })
          .greyscale()
          .toColourspace('b-w')
          .png({ compressionLevel: 1 })
          .toBuffer(),
      ]);
      cases.push([`webp lossless 1500`, await sharp(p).resize(1500, 1125).webp({ lossless: true, effort: 0 }).toBuffer()]);
      cases.push([`webp 2000`, await sharp(p).resize(2000, 1500).webp({ effort: 0 }).toBuffer()]);
      cases.push([`gif 1500`, await sharp(p).resize(1500, 1125).gif({ effort: 1 }).toBuffer()]);
      cases.push([`png alpha 1500`, await sharp(p).resize(1500, 1125).ensureAlpha(0.7).png().toBuffer()]);
      cases.push([`avif 2000`, await sharp(p).resize(2000, 1500).avif({ effort: 0 }).toBuffer()]);
    }
    for (const [name, bytes] of cases) {
      const ours = await imaging.hash(bytes, undefined, 'enrol');
      const t = performance.now();
      const [theirs] = await b.hash([bytes]);
      const ms = Math.round(performance.now() - t);
      if (!theirs || 'refused' in theirs || !('pdq' in ours)) {
        console.log(name, ms, JSON.stringify(theirs), JSON.stringify(ours).slice(0, 80));
        continue;
      }
      const d = theirs.hashes.pdq
        .filter((v) => !/crop|keep|tilt|region|debor/.test(v.variant))
        .map((v) => {
          const o = ours.pdq.find((x) => x.variant === v.variant);
          return `${v.variant}:${o ? hammingDistance(o.hashes[0] as never, v.value as never) : 'none'}`;
        });
      const all = theirs.hashes.pdq.filter((v) => ours.pdq.find((x) => x.variant === v.variant)?.hashes[0] === v.value).length;
      console.log(
        name,
        ms,
        'ms',
        (bytes.length / 1e6).toFixed(1),
        'MB',
        d.join(' '),
        `same ${all} of ${theirs.hashes.pdq.length}/${ours.pdq.length}`,
      );
    }
    const twenty = await Promise.all(
      [1, 2, 3, 4].map(async (seed) => (await noisy(seed, 4000, 3000)).jpeg({ quality: 88 }).toBuffer()),
    );
    const t = performance.now();
    await b.hash(Array.from({ length: 20 }, (_, k) => Buffer.concat([twenty[k % 4]!, Buffer.of(k)])));
    console.log('20 took', performance.now() - t);
  } finally {
    await b.close();
    await imaging.close();
  }
}, 300000);
