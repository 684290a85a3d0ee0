/** `npm run bench:imaging`: the time and memory to hash an image. */
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { blockhashDistances } from './blockhash-distances.js';
import { measureImageSteps } from './image-steps.js';
import { watchMemory } from './memory.js';
import { readOptions } from './options.js';
import { comparePools } from './pools.js';
import type { ImagingResults } from './results.js';
import { imagingSection } from './section.js';

const { images, runs, photographs, json } = readOptions(process.argv);
const showProgress = (step: string): void => console.error(`bench:imaging: ${step} ...`);

showProgress('sharp, kernels and tasks');
const sizes = await measureImageSteps(runs);
showProgress('processes and threads');
const pools = await comparePools();
showProgress(`memory during ${images} images`);
const memory = await watchMemory(images);
showProgress('blockhash distances');
const blockhash = await blockhashDistances(photographs);

const environment = describeEnvironment('The benchmark runs one measurement at a time.');
const results: ImagingResults = { environment, sizes, pools, memory, blockhash };
console.log(json ? JSON.stringify(results) : imagingSection(results));
if (!json) {
  await writeResult('imaging.json', results);
  await writeReport();
}
