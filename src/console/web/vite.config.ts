/** Builds the pages into `dist/console`: one HTML file per page, and assets whose names hold a hash of their content. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const pages = readdirSync(root).filter((name) => name.endsWith('.html'));

const built = join(root, '..', '..', '..', 'dist');

/** The image kernel as base64: the worker that hashes images may not fetch a file. */
const embeddedKernel = (): Plugin => ({
  name: 'embedded-kernel',
  resolveId: (id) => (id === 'embedded:image-kernel' ? `\0${id}` : undefined),
  load: (id) =>
    id === '\0embedded:image-kernel'
      ? `export default '${readFileSync(join(built, 'native-free-workers', 'image.wasm'), 'base64')}';`
      : undefined,
});

export default defineConfig({
  root,
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', plugins: () => [embeddedKernel()] },
  build: {
    outDir: join(built, 'console'),
    emptyOutDir: true,
    target: 'es2022',
    // The Content-Security-Policy of the pages allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: Object.fromEntries(pages.map((name) => [basename(name, '.html'), join(root, name)])) },
  },
});
