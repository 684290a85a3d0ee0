/**
 * Limits for pictures without a usable hash: one colour, two tones, gradients, stripes, checks. The kernel checks the data that
 * it hashes. Pixel values would mislead: a dithered photograph has only two of them.
 */

/** The PDQ reference discards hashes of lower quality. */
export const minimumQuality = 50;

/** Of samples in two tones. The filter blurs one straight edge across the picture over 3 % of them. */
export const maxTwoToneShare = 0.96;
