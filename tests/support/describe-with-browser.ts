import { describe } from 'vitest';
import { findBrowser, noBrowser } from '../../bench/browser/browser.js';

const isPresent = findBrowser() !== undefined;
if (!isPresent && process.env.CI === 'true') throw new Error(noBrowser);
if (!isPresent) process.stderr.write(`skipping tests: ${noBrowser}\n`);

export const describeWithBrowser = describe.skipIf(!isPresent);
