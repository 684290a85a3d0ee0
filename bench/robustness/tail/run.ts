/** `npm run bench:tail`: how near hashes of unrelated photographs are, and how wide a radius may be. */
import { Command } from 'commander';
import { wholeNumber } from '../../../src/cli/options.js';
import { writeReport, writeResult } from '../../files.js';
import { measure } from './measure.js';
import { packages, photographFiles } from './photographs.js';
import { tailSection } from './section.js';
import { summarise } from './summarise.js';

const minPhotographs = 200;

const options = new Command('npm run bench:tail --')
  .option('--root <dir>', `folder with the Debian packages ${packages.join(', ')}`, '/')
  .option('--crops <n>', 'crops per photograph; other numbers than 200 write no result', wholeNumber(2, 400), 200)
  .parse(process.argv)
  .opts<{ root: string; crops: number }>();

const found = photographFiles(options.root).length;
if (found < minPhotographs) {
  throw new Error(
    `found ${found} photographs below ${options.root}, expected ${minPhotographs} or more: install or extract ${packages.join(', ')}`,
  );
}
const measured = await measure(options.root, options.crops, (text) => console.error(text));
const tail = summarise(measured);
console.log(tailSection(tail));
if (options.crops === 200) {
  await writeResult('tail.json', tail);
  await writeReport();
}
