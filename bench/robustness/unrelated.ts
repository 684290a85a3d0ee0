/** Counts false positives among unrelated pictures, each enrolled and then searched for. */
import type { Candidate } from '../../src/domain/verdict.js';
import { maxScenes } from './originals.js';
import { stampFiles } from './photographs.js';
import { open, saved } from './picture.js';
import { decisionOn, numberOf, type Pipeline, startPipeline } from './pipeline.js';
import type { Robustness } from './results.js';
import { scene } from './scenes.js';

const concurrentScenes = 4;

export async function measureUnrelated(count: number, advance: () => void): Promise<Robustness['unrelated']> {
  const pipeline = await startPipeline();
  try {
    const stamps = stampFiles();
    const files = new Map<number, Buffer>();
    // Batches make the choice of scenes independent of timing, because flat scenes are refused.
    for (let next = maxScenes; files.size < count && stamps.length > 0; ) {
      const batch = Array.from({ length: Math.min(concurrentScenes, count - files.size) }, () => next++);
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

async function compare(pipeline: Pipeline, files: ReadonlyMap<number, Buffer>) {
  const counts = { byPdq: 0, byBlockhash: 0, loneRegions: 0, searches: 0 };
  const waiting = [...files];
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const [number, bytes] = one;
      const { candidates, searches } = await pipeline.query(bytes);
      counts.searches += searches.length;
      for (const [other, ofOther] of byEntry(candidates)) {
        if (other === number) continue;
        const ofPdq = ofOther.filter(({ algorithm }) => algorithm === 'pdq');
        if (isMatch(ofPdq)) counts.byPdq++;
        else if (isMatch(ofOther)) counts.byBlockhash++;
        else counts.loneRegions++;
        if (isMatch(ofOther)) console.error(`scene ${number} matches scene ${other}: ${ofOther.map(described).join(', ')}`);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrentScenes }, work));
  return { images: files.size, pairs: (files.size * (files.size - 1)) / 2, ...counts };
}

function byEntry(candidates: readonly Candidate[]): Map<number, Candidate[]> {
  const groups = new Map<number, Candidate[]>();
  for (const candidate of candidates) groups.set(numberOf(candidate), [...(groups.get(numberOf(candidate)) ?? []), candidate]);
  return groups;
}

function isMatch(candidates: readonly Candidate[]): boolean {
  return decisionOn(candidates).matches.length > 0;
}

function described({ algorithm, queryVariant, variant, distance }: Candidate): string {
  return `${algorithm} ${queryVariant} ${variant} ${distance}`;
}
