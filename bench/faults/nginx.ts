import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { packageRoot } from '../../src/package-root.js';

export interface ReverseProxy {
  readonly url: string;
  stop(): Promise<void>;
}

/** `src/assets/nginx.conf` for nodes at these URLs: other addresses and folders, and the same rules. */
export function configFor(nodes: readonly string[], port: number, folder: string): string {
  const committed = readFileSync(join(packageRoot(), 'src/assets/nginx.conf'), 'utf8');
  const [line, parameters = ''] = /^ *server vigie:8700 resolve (.*);$/m.exec(committed) ?? [];
  if (!line) throw new Error('src/assets/nginx.conf: the server line of the upstream is missing');
  const servers = nodes.map((url) => `    server ${new URL(url).host} ${parameters};`).join('\n');
  return committed
    .replace(line, servers)
    .replace(/^ *resolver .*\n/m, '')
    .replaceAll('/tmp/', `${folder}/`)
    .replace('listen 8080;', `listen 127.0.0.1:${port};`);
}

/** Runs nginx in front of the nodes. @throws if it does not listen within five seconds. */
export async function startNginx(nodes: readonly string[]): Promise<ReverseProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configFor(nodes, port, folder));
  const child = spawn('nginx', ['-c', file, '-p', folder, '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await answers(url, child).catch((error: unknown) => {
    child.kill();
    throw new Error(`nginx did not start: ${output}`, { cause: error });
  });
  return {
    url,
    async stop() {
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + 5_000;
  for (;;) {
    try {
      await fetch(`${url}/healthz`);
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > until) throw error;
    }
    await pause(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
