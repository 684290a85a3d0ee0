/** The pages for integrators, analysts and operators: HTML and assets that Vite built, each with its headers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../package-root.js';
import { securityHeaders } from './security-headers.js';

const folder = join(packageRoot(), 'dist', 'console');
/** Built asset names hold a hash of the content, so a name never changes its content. */
const forever = { maxAge: '365d', immutable: true };
const open = { config: { access: 'public' as const }, schema: { hide: true } };

/** A worker that hashes images gets no `connect-src`: it can send nothing anywhere. */
const workerHeaders = securityHeaders({ 'default-src': "'none'", 'script-src': "'self' 'wasm-unsafe-eval'" });
const pageHeaders = securityHeaders({ 'default-src': "'self'", 'img-src': "'none'", 'worker-src': "'self'" });

/** Registers `/`, `/try`, `/console` and `/assets`. Rejects when the pages are not built. */
export async function registerPages(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, { root: join(folder, 'assets'), serve: false, ...forever });
  app.get('/assets/:name', open, (request, reply) => {
    const { name } = request.params as { name: string };
    return reply.headers(workerHeaders).sendFile(name);
  });
  const [home, console] = await Promise.all(['home', 'console'].map((name) => readFile(join(folder, `${name}.html`))));
  for (const [html, paths] of [
    [home, ['/', '/try']],
    [console, ['/console', '/console/*']],
  ] as const) {
    for (const path of paths) {
      app.get(path, open, (_request, reply) =>
        reply.headers({ ...pageHeaders, 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' }).send(html),
      );
    }
  }
}
