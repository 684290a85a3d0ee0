/** The children and directories of a run: however it ends, none of them stays behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly node?: readonly string[];
}

/** pino's level of an error. */
const error = 50;
const manifest = z.looseObject({ scripts: z.looseObject({ start: z.string() }) });
const logLine = z.looseObject({ msg: z.string(), level: z.number().optional(), url: z.string().optional() });

export class Workplace {
  private readonly children = new Set<ChildProcess>();
  private readonly directories: string[] = [];

  /** From here on a signal ends the run, and the end of the run clears up. */
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
   * Starts a compiled script, with the options of Node that `npm start` has; it logs `listening` with its `url` as a JSON line. Rejects when it
   * ends before.
   */
  async serve(script: string, { args = [], env = {}, node = [] }: ChildOptions = {}): Promise<Server> {
    const child = spawn(process.execPath, [...startOptions(), ...node, script, ...args], {
      // Nothing of our own settings: the service would refuse unknown ones, and DATABASE_URL would change what is measured.
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.add(child);
    const exited = once(child, 'exit').then(() => {
      this.children.delete(child);
      return undefined;
    });
    const url = await Promise.race([listening(child), exited]);
    if (!url) throw new Error(`${script} ended before it listened`);
    return {
      url,
      async stop() {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }

  /** The imaging processes of a killed service end themselves. */
  private clearUp(): void {
    for (const child of this.children) child.kill('SIGKILL');
    for (const path of this.directories) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function startOptions(): string[] {
  const { scripts } = manifest.parse(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')));
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

/** Resolves with the address; shows errors as long as the child runs. */
function listening({ stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    if (!stdout) return;
    createInterface({ input: stdout }).on('line', (text) => {
      const { msg, level = 0, url } = logLine.parse(JSON.parse(text));
      if (level >= error) console.error(text);
      if (msg === 'listening' && url) resolve(url);
    });
  });
}
