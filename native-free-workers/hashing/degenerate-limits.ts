/**
 * When a picture has no usable hash: one colour, two tones, gradients, stripes, checks. The kernel decides (`assembly/image/degenerate.ts`)
 * on the data that it hashes: the 64x64 luma of PDQ and the 16x16 block sums of blockhash. Pixel values would mislead, because a dithered
 * photograph has only two of them.
 */

/** The PDQ reference discards hashes of lower quality. */
export const minimumQuality = 50;

/** Share of samples in two tones that makes a picture degenerate. Around one straight edge across it, the filter leaves 3 % of others. */
export const maxTwoToneShare = 0.96;
