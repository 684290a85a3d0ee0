import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { loadImageKernel } from '../../../native-free-workers/hashing/load-image-kernel.js';
import type { Raster } from '../../../native-free-workers/hashing/raster.js';
import type { VariantHashes, VariantSet } from '../../../native-free-workers/image-task.js';
import { enrolmentVariants } from '../../../native-free-workers/variants/enrolment-variants.js';
import { queryVariants } from '../../../native-free-workers/variants/query-variants.js';
import { hammingDistance, isRegion, variantName } from '../../../src/domain/hash.js';
import { built } from '../../../src/package-root.js';
import { scene } from '../../support/images.js';

const kernel = await loadImageKernel(built('native-free-workers/image.wasm'));

async function rasterOf(image: Sharp): Promise<Raster> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}

/** `others`: hashes of the same file that exist already. */
async function enrolled(image: Sharp, set: VariantSet = 'default', others = 1): Promise<VariantHashes[]> {
  const raster = await rasterOf(image);
  kernel.load(raster);
  const full = { variant: 'full', ...kernel.pdq() };
  return [full, ...enrolmentVariants({ kernel, raster, width: raster.width, height: raster.height }, set, others)];
}

async function queried(image: Sharp): Promise<VariantHashes[]> {
  const raster = await rasterOf(image);
  kernel.load(raster);
  const full = { variant: 'full', ...kernel.pdq() };
  return [full, ...queryVariants({ kernel, raster, width: raster.width, height: raster.height })];
}

const original = await enrolled(await scene(3));

function between(query: readonly VariantHashes[], queriedAs: string, stored: string): number {
  const values = original.filter(({ variant }) => variant === stored).map(({ hashes }) => hashes[0] ?? '');
  const hashes = query.filter(({ variant }) => variant === queriedAs).map(({ hashes: [upright] }) => upright ?? '');
  return Math.min(...hashes.flatMap((one) => values.map((other) => hammingDistance(one, other))));
}

/** A new pipeline on the edited pixels. */
async function settled(image: Sharp): Promise<Sharp> {
  return sharp(await image.png({ compressionLevel: 1 }).toBuffer());
}

describe('enrolmentVariants', () => {
  it('stores each hash upright and under its own name', () => {
    expect(new Set(original.map(({ variant }) => variant)).size).toBe(original.length);
    for (const { variant, hashes } of original.slice(1)) {
      expect(variant).toMatch(variantName);
      expect(hashes).toHaveLength(1);
    }
  });

  it.each([1, 2, 3, 4, 5, 6])('stores at most 20 hashes besides regions for a framed picture with %i wholes', async (others) => {
    const inFrame = await settled((await scene(3)).extend({ top: 90, bottom: 90, background: '#000' }));
    const stored = (await enrolled(inFrame, 'default', others)).map(({ variant }) => variant);
    expect(others + stored.slice(1).filter((variant) => !isRegion(variant)).length).toBe(20);
    expect(stored).toEqual(expect.arrayContaining(['deborder_plain', 'crop_95', 'keep_top', 'region_centre']));
  });

  it('hashes a framed picture like the picture alone', async () => {
    const inFrame = await settled((await scene(3)).extend({ top: 90, bottom: 90, background: '#000' }));
    const plain = original.find(({ variant }) => variant === 'full')?.hashes[0] ?? '';
    const inner = (await enrolled(inFrame)).find(({ variant }) => variant === 'deborder_plain')?.hashes[0] ?? '';
    expect(hammingDistance(inner, plain)).toBeLessThanOrEqual(6);
    expect(original.map(({ variant }) => variant)).not.toContain('deborder_plain');
  });

  it('stores the default variants among all, and none with the set none', async () => {
    const all = await enrolled(await scene(3), 'all');
    expect(all).toEqual(expect.arrayContaining(original));
    expect(all.length).toBeGreaterThan(original.length);
    expect(await enrolled(await scene(3), 'none')).toHaveLength(1);
  });

  it('leaves out degenerate parts', async () => {
    const half = await (await scene(3)).resize(640, 240, { fit: 'fill' }).extend({ bottom: 240, background: '#777' });
    const names = (await enrolled(await settled(half))).map(({ variant }) => variant);
    expect(names).toContain('region_top_left');
    expect(names).not.toContain('region_bottom_left');
  });
});

describe('queryVariants', () => {
  it('hashes wholes in eight orientations and parts upright', async () => {
    for (const { variant, hashes } of await queried(await scene(3))) {
      expect(hashes, variant).toHaveLength(/^(full|inner_97|deborder|straight$)/.test(variant) ? 8 : 1);
    }
  });

  it('causes at most 92 searches for a framed picture', async () => {
    const framed = await settled((await scene(3)).extend({ top: 40, bottom: 40, left: 40, right: 40, background: '#000' }));
    const searches = (await queried(framed)).map(
      ({ variant, hashes }) => hashes.length * (/^(full|deborder|straight$)/.test(variant) ? 2 : 1),
    );
    expect(searches.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(92);
  });

  it('finds the picture in a frame', async () => {
    const framed = await settled((await scene(3)).extend({ top: 80, bottom: 80, left: 80, right: 80, background: '#fff' }));
    expect(between(await queried(framed), 'deborder', 'full')).toBeLessThanOrEqual(6);
  });

  it('finds a tilted picture', async () => {
    const askew = await settled((await scene(3)).rotate(4, { background: '#000' }));
    expect(between(await queried(askew), 'straight', 'full')).toBeLessThanOrEqual(20);
  });

  it.each([-4, -2, 2, 4])('finds a picture turned by %s degrees in its own size, with black corners', async (degrees) => {
    const turned = await settled((await scene(3)).rotate(degrees, { background: '#000' }));
    const { width = 0, height = 0 } = await turned.metadata();
    const [left, top] = [(width - 640) >> 1, (height - 480) >> 1];
    const query = await queried(await settled(turned.extract({ left, top, width: 640, height: 480 })));
    const best = Math.min(between(query, 'straight', 'full'), between(query, 'straight_inner', 'crop_90'));
    expect(best).toBeLessThanOrEqual(24);
  });

  it.each([1, 2, 3, 4, 5])('finds a picture rotated by %s degrees and cropped upright', async (degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const share = 1 / (Math.cos(angle) + (4 / 3) * Math.sin(angle));
    const turned = await settled((await scene(3)).rotate(degrees));
    const { width = 0, height = 0 } = await turned.metadata();
    const size = { width: Math.round(640 * share), height: Math.round(480 * share) };
    const left = Math.round((width - size.width) / 2);
    const cut = await settled(turned.extract({ left, top: Math.round((height - size.height) / 2), ...size }));
    expect(between(await queried(cut), 'full', `tilt_right_${String(degrees).replace('.', '_')}`)).toBeLessThanOrEqual(20);
  });

  it.each([3, 7, 12, 20])('finds a picture that lost %s %% of one side', async (percent) => {
    const lost = Math.round((640 * percent) / 100);
    const cut = await settled((await scene(3)).extract({ left: lost, top: 0, width: 640 - lost, height: 480 }));
    expect(between(await queried(cut), 'keep_right', 'keep_right')).toBeLessThanOrEqual(4);
  });

  it('finds the regions beside a sticker', async () => {
    const sticker = { create: { width: 200, height: 150, channels: 3, background: '#fe0' } } as const;
    const covered = await settled((await scene(3)).composite([{ input: sticker, left: 20, top: 20 }]));
    const query = await queried(covered);
    expect(between(query, 'region_top_left', 'region_top_left')).toBeGreaterThan(31);
    expect(between(query, 'region_bottom_right', 'region_bottom_right')).toBe(0);
    expect(between(query, 'region_top_right', 'region_top_right')).toBe(0);
  });
});
