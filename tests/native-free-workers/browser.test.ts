import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { coreBlockhash } from '../../native-free-workers/oracles/blockhash-core.js';
import { built } from '../../src/package-root.js';
import { describeWithChromium, withChromium } from '../support/chromium.js';
import { degenerate, referenceFile, referenceVectors } from '../support/reference.js';
import { type Resource, serve } from '../support/web-page.js';

const vectors = referenceVectors().filter(({ file }) => file.startsWith('pdq/lossless/'));
const nameOf = (file: string): string => basename(file);

const script = `
  async function hashAll(names) {
    const { fetchImageKernel, rasterOf } = await import('/kernels/browser.js');
    const kernel = await fetchImageKernel();
    const hashes = {};
    for (const name of names) {
      const image = new Image();
      image.src = '/images/' + name;
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
      context.drawImage(image, 0, 0);
      kernel.load(rasterOf(context.getImageData(0, 0, width, height)));
      hashes[name] = { pdq: kernel.pdq(), blockhashes: kernel.blockhashes() };
    }
    return { shared: typeof SharedArrayBuffer, hashes };
  }
  const found = await hashAll(JSON.parse(document.body.dataset.names)).catch((error) => ({ error: String(error) }));
  await fetch('/found', { method: 'POST', body: JSON.stringify(found) });
`;

const foundSchema = z.strictObject({
  shared: z.string(),
  hashes: z.record(
    z.string(),
    z.strictObject({
      pdq: z.strictObject({ hashes: z.array(z.string()), quality: z.number() }),
      blockhashes: z.array(z.string()).length(8),
    }),
  ),
});

function resources(): ReadonlyMap<string, Resource> {
  const kernel = (name: string) => readFileSync(built(`native-free-workers/${name}`));
  const names = JSON.stringify(vectors.map(({ file }) => nameOf(file)));
  const page = `<!doctype html><meta charset="utf-8"><body data-names='${names}'><script type="module" src="/page.js"></script>`;
  return new Map<string, Resource>([
    ['/', { type: 'text/html', body: page }],
    ['/page.js', { type: 'text/javascript', body: script }],
    ['/kernels/browser.js', { type: 'text/javascript', body: kernel('browser.js') }],
    ['/kernels/hashing/degenerate-limits.js', { type: 'text/javascript', body: kernel('hashing/degenerate-limits.js') }],
    ['/kernels/hashing/image-kernel.js', { type: 'text/javascript', body: kernel('hashing/image-kernel.js') }],
    ['/kernels/hashing/tilted-steps.js', { type: 'text/javascript', body: kernel('hashing/tilted-steps.js') }],
    ['/kernels/image.wasm', { type: 'application/wasm', body: kernel('image.wasm') }],
    ...vectors.map(({ file }): [string, Resource] => [
      `/images/${nameOf(file)}`,
      { type: 'image/png', body: readFileSync(referenceFile(file)) },
    ]),
  ]);
}

describeWithChromium('the image kernel in Chromium', () => {
  describe('on a canvas, under a Content-Security-Policy', () => {
    let found: z.output<typeof foundSchema>;
    beforeAll(async () => {
      const page = await serve(resources());
      found = foundSchema.parse(JSON.parse(await withChromium(page.url, () => page.found)));
      await page.close();
    });

    it('needs no shared memory', () => {
      expect(found.shared).toBe('undefined');
    });

    it.each(vectors)('hashes $file bit for bit like the C++ reference', ({ file, quality, hashes }) => {
      const { pdq } = found.hashes[nameOf(file)] ?? {};
      expect(pdq?.quality).toBe(quality);
      if (!degenerate.test(file)) expect(pdq?.hashes).toEqual(hashes);
    });

    it.each(vectors)('gives the blockhash of $file that blockhash-core gives in Node', async ({ file }) => {
      const { data, info } = await sharp(referenceFile(file)).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
      const raster = { data, width: info.width, height: info.height, channels: 3 } as const;
      expect(found.hashes[nameOf(file)]?.blockhashes[0]).toBe(coreBlockhash(raster));
    });
  });
});
