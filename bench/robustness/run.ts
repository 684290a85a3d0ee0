/** `npm run bench:robustness`: recall of edited copies, what each search costs, and false positives. */
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { albumOfOriginals } from './adversarial/album.js';
import { measureAdversarial } from './adversarial/measure.js';
import { temptations } from './adversarial/temptations.js';
import { measureCosts } from './costs.js';
import { suite } from './edits/suite.js';
import { measureRecall } from './measure.js';
import { readOptions } from './options.js';
import { type Original, originals } from './originals.js';
import { open, saved } from './picture.js';
import { decisionOn, startPipeline } from './pipeline.js';
import type { Robustness, Tempted } from './results.js';
import { robustnessTables } from './section.js';
import { measureUnrelated } from './unrelated.js';

const options = readOptions(process.argv);
const edits = suite.filter(({ kind, name }) => kind.includes(options.edits) || name.includes(options.edits));
const robustness = await bench();
if (options.json) console.log(JSON.stringify(robustness, null, 2));
else console.log(robustnessTables(robustness));
if (options.writes) {
  await writeResult('robustness.json', robustness);
  await writeReport();
}

async function bench(): Promise<Robustness> {
  const pipeline = await startPipeline();
  try {
    const pictures = await originals(options.originals, options.images, async (picture) =>
      pipeline.qualityOf(await saved(open(picture))),
    );
    const count = (wanted: string) => pictures.filter(({ source }) => source === wanted).length;
    return {
      environment: describeEnvironment('Hashes do not depend on the machine; times do.'),
      originals: { photograph: count('photograph'), region: count('region'), scene: count('scene') },
      ...(await measureRecall(pipeline, pictures, edits, progress('copies', pictures.length * edits.length))),
      costs: await measureCosts(pipeline, pictures, edits, options.indexed),
      tempted: await tempt(pictures),
      unrelated: await measureUnrelated(options.unrelated, progress('unrelated pictures', options.unrelated)),
    };
  } finally {
    await pipeline.close();
  }
}

function tempt(pictures: readonly Original[]): Promise<Tempted[]> {
  const all = temptations(albumOfOriginals(pictures));
  const seeds = Array.from({ length: options.tempting }, (_, seed) => seed);
  return measureAdversarial(() => startPipeline('default'), all, seeds, {
    advance: progress('tempting pairs', all.length * seeds.length),
    answered: ({ temptation, seed, isReversed, verdict, candidates }) => {
      if (verdict !== 'remove') return;
      const by = candidates.map(
        ({ algorithm, queryVariant, variant, orientation, negative, distance }) =>
          `${algorithm} ${queryVariant} ${variant} ${orientation}${negative ? ' negative' : ''} ${distance}`,
      );
      const { matches } = decisionOn(candidates);
      console.error(
        `removed: ${temptation.name}, seed ${seed}, reversed ${isReversed}: ${by.join(', ')}; ${JSON.stringify(matches)}`,
      );
    },
  });
}

function progress(what: string, total: number): () => void {
  let done = 0;
  return () => {
    if (++done % 500 === 0 || done === total) console.error(`${done} of ${total} ${what}`);
  };
}
