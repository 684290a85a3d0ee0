/** Shows image files in a page of Chromium and takes pictures of them. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { serveFiles } from './loopback.js';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

export const noBrowser = `no browser is on the PATH (${names.join(', ')}): run "apt-get install chromium" or set VIGIE_CHROMIUM`;

/** The path in VIGIE_CHROMIUM, or else the first browser on the PATH. */
export function findBrowser(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment.VIGIE_CHROMIUM) return environment.VIGIE_CHROMIUM;
  const folders = (environment.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Browser {
  readonly version: string;
  /** A PNG of the picture at its natural size on a white page; undefined if the browser cannot decode the file. */
  show(bytes: Uint8Array, mediaType: string): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

export async function openBrowser(executablePath: string): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath,
    // Chromium refuses its sandbox to root.
    chromiumSandbox: process.getuid?.() !== 0,
    // The display must not change pixels.
    args: ['--force-color-profile=srgb', '--disable-gpu', '--disable-dev-shm-usage'],
  });
  const server = await serveFiles();
  const page = await browser.newPage({ viewport: { width: 1_024, height: 1_024 }, deviceScaleFactor: 1 });
  await page.goto(server.url);
  return {
    version: browser.version(),
    async show(bytes, mediaType) {
      const isShown = await load(page, server.offer(bytes, mediaType));
      return isShown ? await page.locator('img').screenshot({ type: 'png' }) : undefined;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

function load(page: Page, path: string): Promise<boolean> {
  return page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    document.body.replaceChildren(image);
    return image.decode().then(
      () => true,
      () => false,
    );
  }, path);
}
