import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, findBrowser, noBrowser, openBrowser } from '../../bench/browser/browser.js';
import { compare } from '../../bench/browser/compare.js';
import type { BrowserResults } from '../../bench/browser/results.js';
import { samples } from '../../bench/browser/samples.js';
import { browserSection } from '../../bench/browser/section.js';
import { type Imaging, startImaging } from '../../src/imaging/client.js';

const path = findBrowser();
if (!path) process.stderr.write(`skipping tests: ${noBrowser}\n`);

const files = await samples(1);

describe('samples', () => {
  it('cover every format, and no two have the same name', () => {
    const formats = ['JPEG', 'PNG', 'GIF', 'WebP', 'AVIF', 'BMP', 'ICO', 'TIFF', 'APNG', 'HEIC', 'JXL'];
    expect(new Set(files.map(({ format }) => format))).toEqual(new Set(formats));
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
  });
});

describe.skipIf(!path)('the picture that Chromium shows', () => {
  let browser: Browser;
  let imaging: Imaging;
  beforeAll(async () => {
    browser = await openBrowser(path ?? '');
    imaging = startImaging({ children: 1, deadlineMs: 30_000 });
  });
  afterAll(() => Promise.all([browser?.close(), imaging?.close()]));

  const chosen = [
    'jpeg with EXIF orientation 6',
    'png with gamma 1',
    'png with Display P3 (cICP)',
    'animated gif',
    'webp that fades',
    'avif',
    'bitmap of 16 bits',
  ];

  it.each(chosen)('has the hash of the file: %s', async (trait) => {
    const sample = files.find(({ name }) => name === `${trait}, photograph 1`);
    if (!sample) throw new Error(`there is no ${trait}`);
    const { shown, answer, distance } = await compare(sample, browser, imaging);
    expect({ shown, answer }).toEqual({ shown: true, answer: 'hashed' });
    expect(distance?.nearest).toBeLessThanOrEqual(10);
  });

  it('is missing for a TIFF, which Vigie hashes', async () => {
    const sample = files.find(({ format }) => format === 'TIFF');
    if (!sample) throw new Error('there is no TIFF');
    expect(await compare(sample, browser, imaging)).toMatchObject({ shown: false, answer: 'hashed', distance: null });
  });
});

describe('findBrowser', () => {
  it('prefers VIGIE_CHROMIUM to the PATH', () => {
    expect(findBrowser({ VIGIE_CHROMIUM: '/opt/chromium', PATH: '/usr/bin' })).toBe('/opt/chromium');
  });

  it('finds nothing on an empty PATH', () => {
    expect(findBrowser({ PATH: '/nowhere' })).toBeUndefined();
  });
});

describe('browserSection', () => {
  const environment = { cpu: 'A', cores: 2, memoryGiB: 16, node: 'v20', date: '2026-11-23', commit: 'abc', note: 'Alone.' };
  const results: BrowserResults = {
    environment,
    browser: '1.2',
    files: [
      { format: 'PNG', name: 'png, photograph 1', shown: true, answer: 'hashed', distance: { first: 120, nearest: 4 } },
      { format: 'PNG', name: 'png, photograph 2', shown: true, answer: 'hashed', distance: { first: 90, nearest: 32 } },
      { format: 'PNG', name: 'black.png', shown: true, answer: 'flat', distance: null },
      { format: 'TIFF', name: 'tiff, photograph 1', shown: false, answer: 'hashed', distance: null },
    ],
  };
  const cells = (start: string) =>
    browserSection(results)
      .split('\n')
      .find((line) => line.startsWith(start))
      ?.split('|')
      .map((cell) => cell.trim())
      .slice(1, -1);

  it('counts the files of a format and shows the largest distances', () => {
    expect(cells('| PNG')).toEqual(['PNG', '3', '3', '2', '2', '1', '120', '32']);
    expect(cells('| TIFF')).toEqual(['TIFF', '1', '0', '1', '0', '0', '', '']);
  });

  it('names the files that only one of them reads, and those that are apart', () => {
    const section = browserSection(results);
    expect(section).toContain('- black.png: flat\n');
    expect(section).toContain('not shown by the browser:\n\n- tiff\n');
    expect(section).toContain('- png: 32 bits (photograph 2)\n');
  });
});
