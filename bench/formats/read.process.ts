/** Child process: writes a file of one format, reads it and prints a row of figures. Arguments: format, records, folder. */
import { createWriteStream, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openSource } from '../../src/formats/open.js';
import { formatNamed } from '../../src/formats/registry.js';
import { generatedFile } from './generated-files.js';

const [name = '', records = '0', folder = ''] = process.argv.slice(2);
const format = formatNamed(name);
if (!format) throw new Error(`no format ${name}`);
const path = join(folder, name);
await pipeline(Readable.from(generatedFile(name, Number(records))), createWriteStream(path));

let [read, peak] = [0, 0];
const since = performance.now();
for await (const items of format.read(await openSource(path))) {
  read += items.filter(({ kind }) => kind === 'listed').length;
  peak = Math.max(peak, process.memoryUsage.rss());
}
const seconds = (performance.now() - since) / 1_000;
const megabytes = statSync(path).size / 1e6;
unlinkSync(path);
const figures = [megabytes, megabytes / seconds, read / seconds, peak / 1e6].map((figure) => figure.toFixed(0));
console.log(`| ${name} | ${figures.join(' | ')} |`);
