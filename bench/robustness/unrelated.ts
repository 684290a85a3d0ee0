/** False positives: pictures that have nothing to do with one another, each enrolled, each asked for. */
import { isRegion } from '../../src/domain/hash.js';
import { mostScenes } from './originals.js';
import { stampFiles } from './photographs.js';
import { open, saved } from './picture.js';
import { decisionOn, numberOf, startPipeline } from './pipeline.js';
import type { Robustness } from './results.js';
import { scene } from './scenes.js';

const underWay = 4;

/** Compares `count` scenes, every one with every other, both ways. `advance` after each. */
export async function measureUnrelated(count: number, advance: () => void): Promise<Robustness['unrelated']> {
  const pipeline = await startPipeline();
  try {
    const stamps = stampFiles();
    const files = new Map<number, Buffer>();
    // Batches, so that the same scenes are taken whichever is done first; a flat one is refused and gives its place to the next.
    for (let next = mostScenes; files.size < count && stamps.length > 0; ) {
      const batch = Array.from({ length: Math.min(underWay, count - files.size) }, () => next++);
      const made = await Promise.all(
        batch.map(async (number) => [number, await saved(open(await scene(number, stamps)))] as const),
      );
      const isEnrolled = await Promise.all(made.map(([number, bytes]) => pipeline.enrol(number, bytes)));
      for (const [at, [number, bytes]] of made.entries()) {
        if (!isEnrolled[at]) continue;
        files.set(number, bytes);
        advance();
      }
    }
    return await compare(pipeline, files);
  } finally {
    await pipeline.close();
  }
}

async function compare(pipeline: Awaited<ReturnType<typeof startPipeline>>, files: ReadonlyMap<number, Buffer>) {
  const counts = { falsePositives: 0, loneRegions: 0, searches: 0 };
  const waiting = [...files];
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const [number, bytes] = one;
      const { sightings, searches } = await pipeline.query(bytes);
      const others = sightings.filter((sighting) => numberOf(sighting) !== number);
      const matched = new Set(decisionOn(others).matches.map(({ entry }) => entry));
      counts.falsePositives += matched.size;
      counts.loneRegions += others.filter(({ variant, entry }) => isRegion(variant) && !matched.has(entry.id)).length;
      counts.searches += searches.length;
    }
  };
  await Promise.all(Array.from({ length: underWay }, work));
  return { images: files.size, pairs: (files.size * (files.size - 1)) / 2, ...counts };
}
