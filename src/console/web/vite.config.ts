/** Builds the pages into `dist/console`: one HTML file per page, and assets whose names hold a hash of their content. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;
const pages = readdirSync(root).filter((name) => name.endsWith('.html'));

export default defineConfig({
  root,
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(root, '..', '..', '..', 'dist', 'console'),
    emptyOutDir: true,
    target: 'es2022',
    // The Content-Security-Policy of the pages allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: Object.fromEntries(pages.map((name) => [basename(name, '.html'), join(root, name)])) },
  },
});
