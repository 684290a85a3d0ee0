/** `npm run bench:robustness`: recall of edited copies, and false positives. */
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { suite } from './edits/suite.js';
import { measureRecall } from './measure.js';
import { readOptions } from './options.js';
import { originals } from './originals.js';
import { open, saved } from './picture.js';
import { startPipeline } from './pipeline.js';
import type { Robustness } from './results.js';
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
    const measured = await measureRecall(pipeline, pictures, edits, progress('copies', pictures.length * edits.length));
    return {
      environment: describeEnvironment('Hashes do not depend on the machine.'),
      originals: { photograph: count('photograph'), region: count('region'), scene: count('scene') },
      ...measured,
      unrelated: await measureUnrelated(options.unrelated, progress('unrelated pictures', options.unrelated)),
    };
  } finally {
    await pipeline.close();
  }
}

function progress(what: string, total: number): () => void {
  let done = 0;
  return () => {
    if (++done % 500 === 0 || done === total) console.error(`${done} of ${total} ${what}`);
  };
}
