/** A page of Chromium with the hasher of the pages, under the policy of the pages. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { findBrowser } from '../../bench/browser/browser.js';
import type { FileOutcome } from '../../src/console/web/hashing/outcome.js';
import config from '../../src/console/web/vite.config.js';
import { packageRoot } from '../../src/package-root.js';

const pagePolicy = "default-src 'none'; script-src 'self'; worker-src 'self' blob:; connect-src 'self'";
const workerPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

export interface HashingBrowser {
  readonly page: Page;
  /** What the page fetched since it opened, without its own files. */
  readonly requests: readonly string[];
  hash(files: readonly Uint8Array[]): Promise<FileOutcome[]>;
  close(): Promise<void>;
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('no browser');
  return await chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--force-color-profile=srgb', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

export async function openHashingBrowser(): Promise<HashingBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-hasher-'));
  const root = join(packageRoot(), 'tests', 'console', 'hasher-page');
  const rollupOptions = { input: { index: join(root, 'index.html') } };
  await build({ ...config, configFile: false, root, build: { ...config.build, outDir: folder, rollupOptions } });
  const files = new Map<string, Uint8Array>();
  const server = createServer(async ({ url = '/' }, response) => {
    const offered = files.get(url);
    if (offered) return response.end(offered);
    const type = url.endsWith('.js') ? 'text/javascript' : 'text/html';
    const policy = url.includes('worker') ? workerPolicy : pagePolicy;
    const path = url === '/' ? 'index.html' : join('assets', basename(url));
    const body = await readFile(join(folder, path)).catch(() => undefined);
    return response.writeHead(body ? 200 : 404, { 'content-type': type, 'content-security-policy': policy }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  let count = 0;
  return {
    page,
    requests,
    hash(bytes) {
      const paths = bytes.map((file) => {
        const path = `/file-${++count}`;
        files.set(path, file);
        return path;
      });
      return page.evaluate(async (all) => {
        const given = await Promise.all(all.map(async (path) => (await fetch(path)).blob()));
        // From hasher-page/main.ts.
        const { hasher } = globalThis as unknown as { hasher(): { hash(file: Blob, variants: string): Promise<FileOutcome> } };
        return await Promise.all(given.map((file) => hasher().hash(file, 'default')));
      }, paths);
    },
    async close() {
      await browser.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
