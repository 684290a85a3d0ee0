/**
 * Limits for pictures without a usable hash: one colour, two tones, gradients, stripes, checks. The kernel checks the data that
 * it hashes, because a dithered photograph has only two pixel values.
 */

/** The PDQ reference discards hashes of lower quality. */
export const minimumQuality = 50;

/** Of samples in two tones. The filter blurs one straight edge across the picture over 3 % of them. */
export const maxTwoToneShare = 0.96;
