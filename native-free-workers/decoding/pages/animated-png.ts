/** Animated PNG: each frame is decoded as a PNG of its own and drawn onto the ones before, as browsers do. */
import sharp, { type SharpOptions } from 'sharp';
import { type AnimatedPng, type PngFrame, splitAnimatedPng } from '../../file-formats/png-chunks.js';
import { pngColour, withColourProfile } from '../../file-formats/png-colour.js';
import { isPlainSrgb } from '../../file-formats/srgb-profile.js';
import type { ImageLimits } from '../../image-task.js';
import { framesByImportance } from '../frame-order.js';
import { reduced } from '../pixels.js';
import { withGammaApplied } from '../png-gamma.js';
import { type Reading, readingsOf } from '../readings.js';
import { RefusedImage } from '../refused-image.js';
import { Canvas } from './canvas.js';
import { type Page, type Pages, PixelBudget } from './page.js';

/** The first frame first. Of a file without frames, and of one whose still is no frame, also the still. @throws RefusedImage */
export function readAnimatedPng(bytes: Uint8Array, limits: ImageLimits): Pages {
  if (bytes.length < 33) throw new RefusedImage('truncated');
  const animation = splitAnimatedPng(bytes);
  const stills = animation.isStillShown ? 0 : 1;
  return { of: animation.frames.length + stills, pages: playAll(animation, limits) };
}

type Decode = (png: Uint8Array) => Promise<Uint8Array>;

async function* playAll(animation: AnimatedPng, limits: ImageLimits): AsyncGenerator<Page> {
  const budget = new PixelBudget(limits);
  budget.take(animation);
  const options: SharpOptions = { failOn: 'none', limitInputPixels: limits.maxPixels };
  const manners = await mannersOf(animation.still, options);
  const { width, height, frames, isStillShown, still, isCut } = animation;
  const whole: PngFrame = { width, height, left: 0, top: 0, delay: 0, dispose: 'clear', isBlended: false, png: still };
  // Browsers play only the frames. Other viewers show only the still.
  const shown = isStillShown ? frames : [...frames, whole];
  const pages = await play(animation, shown, manners, budget, limits);
  const order = framesByImportance(
    pages.length,
    shown.map(({ delay }) => delay),
  );
  const [first, ...later] = [0, ...order.filter((page) => page > 0)].map((page) => pages[page]);
  if (!first || first.readings.length === 0) throw new RefusedImage('truncated');
  for (const page of [first, ...later]) if (page) yield { ...page, isDamaged: isCut || page.isDamaged };
}

/** With the colours of the file, and without if they differ. */
async function mannersOf(still: Uint8Array, options: SharpOptions): Promise<ReadonlyMap<string, Decode>> {
  const { exponent, profile } = pngColour(still);
  const { icc } = await sharp(still, options).metadata();
  const stored: Decode = (png) => pixelsOf(png, { ...options, ignoreIcc: true });
  if (profile)
    return new Map([
      ['', (png) => pixelsOf(withColourProfile(png, profile), options)],
      ['unprofiled', stored],
    ]);
  if (exponent !== undefined) {
    const shown: Decode = async (png) => pixelsOf(await withGammaApplied(png, options, exponent), options);
    return new Map([
      ['', shown],
      ['unprofiled', stored],
    ]);
  }
  return icc && !isPlainSrgb(icc)
    ? new Map([
        ['', (png) => pixelsOf(png, options)],
        ['unprofiled', stored],
      ])
    : new Map([['', stored]]);
}

/** Red, green, blue, alpha. */
function pixelsOf(png: Uint8Array, options: SharpOptions): Promise<Uint8Array> {
  return sharp(png, options).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer();
}

/** All frames in their order, until the budget is used up. A frame that cannot be decoded ends the animation. */
async function play(
  { width, height }: AnimatedPng,
  frames: readonly PngFrame[],
  manners: ReadonlyMap<string, Decode>,
  budget: PixelBudget,
  limits: ImageLimits,
): Promise<Page[]> {
  const pages: Page[] = [];
  const canvases = [...manners].map(([manner, decode]) => ({ manner, decode, canvas: new Canvas(width, height) }));
  for (const [page, frame] of frames.slice(0, limits.maxFrames).entries()) {
    if (page > 0 && !budget.take({ width, height })) break;
    const readings: Reading[] = [];
    try {
      for (const { manner, decode, canvas } of canvases) {
        canvas.prepare(frame);
        canvas.draw(frame, await decode(frame.png));
        readings.push(...readingsOf(manner, await reduced(canvas.pixels())));
        canvas.dispose(frame);
      }
    } catch (error) {
      if (pages.length === 0) throw error;
      return pages.map((earlier) => ({ ...earlier, isDamaged: true }));
    }
    pages.push({ page, width, height, isDamaged: false, readings });
  }
  return pages;
}
