import type { Sharp } from 'sharp';
import { randomFrom } from '../../random.js';
import { open, type Picture, saved } from '../picture.js';
import type { Edit } from './edit.js';

function edit(kind: string, name: string, change: (image: Sharp, picture: Picture) => Sharp): Edit {
  return { kind, name, apply: (picture) => saved(change(open(picture), picture)) };
}

/** Multiplies the difference from mid-grey by `level`. */
function contrast(level: number) {
  return (image: Sharp) => image.linear(level, 128 * (1 - level));
}

/** Noise of `sigma` grey levels, equal in all channels like film grain. */
function noisy({ data, ...rest }: Picture, sigma: number): Picture {
  const random = randomFrom(data.length);
  const noised = Buffer.from(data);
  for (let at = 0; at + 2 < data.length; at += 3) {
    const deviation = (random() + random() + random() + random() - 2) * Math.sqrt(3) * sigma;
    for (let channel = at; channel < at + 3; channel++) {
      noised[channel] = Math.min(255, Math.max(0, Math.round((data[channel] ?? 0) + deviation)));
    }
  }
  return { ...rest, data: noised };
}

/** Uses a table, because libvips accepts no gamma below 1. */
function withGamma({ data, ...rest }: Picture, gamma: number): Picture {
  const table = Uint8Array.from({ length: 256 }, (_, level) => Math.round(255 * (level / 255) ** gamma));
  return { ...rest, data: Buffer.from(data.map((level) => table[level] ?? 0)) };
}

export const toneEdits: readonly Edit[] = [
  edit('blur', 'blur, sigma 0.3 %', (image, { width }) => image.blur(Math.max(0.5, width * 0.003))),
  edit('blur', 'blur, sigma 1 %', (image, { width }) => image.blur(Math.max(0.5, width * 0.01))),
  edit('sharpen', 'sharpen', (image) => image.sharpen({ sigma: 2, m1: 2, m2: 6 })),
  { kind: 'noise', name: 'noise, sigma 10', apply: (picture) => saved(open(noisy(picture, 10))) },
  { kind: 'noise', name: 'noise, sigma 30', apply: (picture) => saved(open(noisy(picture, 30))) },
  edit('brightness', 'brightness -40 %', (image) => image.linear(0.6, 0)),
  edit('brightness', 'brightness +30 %', (image) => image.linear(1.3, 0)),
  edit('contrast', 'contrast -40 %', contrast(0.6)),
  edit('contrast', 'contrast +40 %', contrast(1.4)),
  { kind: 'gamma', name: 'gamma 0.6', apply: (picture) => saved(open(withGamma(picture, 0.6))) },
  { kind: 'gamma', name: 'gamma 1.8', apply: (picture) => saved(open(withGamma(picture, 1.8))) },
  edit('saturation', 'saturation 30 %', (image) => image.modulate({ saturation: 0.3 })),
  edit('saturation', 'saturation 200 %', (image) => image.modulate({ saturation: 2 })),
  edit('hue', 'hue +40 degrees', (image) => image.modulate({ hue: 40 })),
  edit('hue', 'hue +120 degrees', (image) => image.modulate({ hue: 120 })),
  edit('grey', 'grey', (image) => image.greyscale()),
  edit('negative', 'negative', (image) => image.negate()),
];
