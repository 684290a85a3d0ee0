/**
 * Blockhash of 256 bits: 16x16 blocks, each brighter or darker than the median of its quarter.
 *
 * Source: Yang, Gu, Niu, "Block Mean Value Based Image Perceptual Hashing" (2006), method 1, by blockhash-core 0.1 (`bmvbhash`, the
 * precise variant). Parameter: 16 blocks a side. Deviation: the image is what normalisation gives, so at most 512 px a side.
 */
export { plainBlockhashes as blockhashes } from './blockhash-plain.js';
