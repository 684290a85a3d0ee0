import { hammingDistance, isWholeOrFrame } from '../../src/domain/hash.js';
import type { Imaging } from '../../src/imaging/client.js';
import type { Browser } from './browser.js';
import type { Comparison } from './results.js';
import type { Sample } from './samples.js';

/** Compares the hash of a file with the hash of the picture that the browser shows of it. */
export async function compare({ format, name, bytes }: Sample, browser: Browser, imaging: Imaging): Promise<Comparison> {
  const rendering = await browser.show(bytes, `image/${format.toLowerCase()}`);
  const ours = await imaging.hash(bytes);
  const answer = 'unscannable' in ours ? ours.unscannable : 'hashed';
  const base = { format, name, shown: rendering !== undefined, answer };
  if (!rendering || 'unscannable' in ours) return { ...base, distance: null };
  const theirs = await imaging.hash(rendering);
  if (!('pdq' in theirs)) throw new Error(`the rendering of ${name} is unscannable: ${theirs.unscannable}`);
  const shown = theirs.pdq[0]?.hashes[0];
  const found = ours.pdq.filter(({ variant }) => isWholeOrFrame(variant)).flatMap(({ hashes }) => hashes[0] ?? []);
  if (!shown || !found[0]) throw new Error(`${name} has no hash`);
  const distances = found.map((hash) => hammingDistance(hash, shown));
  return { ...base, distance: { first: distances[0] ?? 256, nearest: Math.min(...distances) } };
}
