/** Child processes and temporary directories. They are removed when the run ends, also after a signal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';

export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServerProcess extends Server {
  readonly pid: number;
  /** SIGKILL: the process gets no chance to clean up. */
  kill(): Promise<void>;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: readonly string[];
}

const errorLevel = 50;
const manifest = z.looseObject({ scripts: z.looseObject({ start: z.string() }) });
const logLine = z.looseObject({ msg: z.string(), level: z.number().optional(), url: z.string().optional() });

export class Sandbox {
  private readonly children = new Set<ChildProcess>();
  private readonly directories: string[] = [];

  constructor() {
    process.once('exit', () => this.clearUp());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  }

  directory(): string {
    const path = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
    this.directories.push(path);
    return path;
  }

  /**
   * Starts a compiled script with the Node options of `npm start`. The script must log a JSON line with the message `listening` and
   * its `url`.
   */
  async serve(script: string, { args = [], env = {}, node = [] }: ChildOptions = {}): Promise<ServerProcess> {
    const child = spawn(process.execPath, [...startOptions(), ...node, script, ...args], {
      // Our own settings are not passed on: DATABASE_URL, for example, would change what is measured.
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.add(child);
    const exited = once(child, 'exit').then(() => {
      this.children.delete(child);
      return undefined;
    });
    const url = await Promise.race([listening(child), exited]);
    if (!url) throw new Error(`${script} ended before it was listening`);
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await exited;
    };
    return { url, pid: child.pid ?? 0, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
  }

  private clearUp(): void {
    for (const child of this.children) child.kill('SIGKILL');
    for (const path of this.directories) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function startOptions(): string[] {
  const { scripts } = manifest.parse(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')));
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

function listening({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    if (!stdout) return;
    createInterface({ input: stdout }).on('line', (text) => {
      const { msg, level = 0, url } = logLine.parse(JSON.parse(text));
      if (level >= errorLevel) console.error(text);
      if (msg === 'listening' && url) resolve(url);
    });
  });
}
