/** `npm run bench:imaging`: what an image costs, beside what sharp alone does. */
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { blockhashDistances } from './distances.js';
import { watchMemory } from './memory.js';
import { readOptions } from './options.js';
import { comparePools } from './pools.js';
import type { ImagingResults } from './results.js';
import { imagingSection } from './section.js';
import { measureTasks } from './task.js';

const { images, runs, photographs, json } = readOptions(process.argv);
const say = (what: string): void => console.error(`bench:imaging: ${what} ...`);

say('sharp, kernels and tasks');
const sizes = await measureTasks(runs);
say('processes and threads');
const pools = await comparePools();
say(`memory over ${images} images`);
const memory = await watchMemory(images);
say('distances of blockhash');
const blockhash = await blockhashDistances(photographs);

const environment = describeEnvironment('Nothing else of the bench runs beside what is measured.');
const results: ImagingResults = { environment, sizes, pools, memory, blockhash };
console.log(json ? JSON.stringify(results) : imagingSection(results));
if (!json) {
  await writeResult('imaging.json', results);
  await writeReport();
}
