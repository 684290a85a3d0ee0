/**
 * Pictures whose hashes say nothing: one colour, two tones, slopes, stripes, checks. Judged on what is hashed, the 64x64 luma (PDQ) and the 16x16
 * block sums (blockhash), never on pixel values: a dithered photograph has two of those, and is a fine image. The kernel judges
 * (`assembly/degenerate/`, 0.01 ms where TypeScript took 0.06), because every part of every query is asked.
 */

/** PDQ reference: hashes below this quality say nothing. */
export const minimumQuality = 50;

/** Of all samples, in two tones: what the filter leaves of a straight edge across the picture is 3 %. */
export const maxTwoToneShare = 0.96;
