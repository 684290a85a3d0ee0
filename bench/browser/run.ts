/** `npm run bench:browser`: compares the hash of each file with the hash of what Chromium shows of it. */
import { startImaging } from '../../src/imaging/client.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { findBrowser, noBrowser, openBrowser } from './browser.js';
import { compare } from './compare.js';
import type { BrowserResults } from './results.js';
import { samples } from './samples.js';
import { browserSection } from './section.js';

const path = findBrowser();
if (!path) throw new Error(noBrowser);
const results = await bench(path);
console.log(browserSection(results));
await writeResult('browser.json', results);
await writeReport();

async function bench(executable: string): Promise<BrowserResults> {
  const environment = describeEnvironment('One file at a time. The figures are distances, so load does not change them.');
  const browser = await openBrowser(executable);
  const imaging = startImaging({ children: 1, deadlineMs: 60_000 });
  try {
    const files: BrowserResults['files'] = [];
    for (const sample of await samples()) files.push(await compare(sample, browser, imaging));
    return { environment, browser: browser.version, files };
  } finally {
    await Promise.all([imaging.close(), browser.close()]);
  }
}
