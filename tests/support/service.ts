import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';
import { createTestDatabase, type TestDatabase } from './database.js';

const logLine = z.looseObject({
  msg: z.string(),
  url: z.string().optional(),
  metrics: z.string().optional(),
  hma: z.string().optional(),
});
export type LogLine = z.output<typeof logLine>;

export interface TestService {
  readonly url: string;
  readonly metricsUrl: string;
  readonly pid: number;
  readonly database: TestDatabase;
  readonly log: readonly LogLine[];
  /** stdout and stderr so far. */
  output(): string;
  /** The first log line of that message, past or future. */
  logged(message: string): Promise<LogLine>;
  /** Returns the exit code. The database stays. */
  stop(): Promise<number | null>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface ServiceOptions {
  readonly database?: TestDatabase;
  readonly env?: Readonly<Record<string, string>>;
}

/** Without the tests' own settings, which the service refuses as unknown. */
export function childEnv(extra: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = '', HOME = '/', NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}), ...extra };
}

/** Starts `vigie serve` on free ports. @throws if it ends before it listens. */
export async function startTestService({ database, env = {} }: ServiceOptions = {}): Promise<TestService> {
  const own = database ?? (await createTestDatabase());
  const settings = { VIGIE_PORT: '0', VIGIE_OPS_PORT: '0', VIGIE_IMAGING_PROCESSES: '1', ...own.env, ...env };
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/cli.js'), 'serve'], {
    env: childEnv(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const recorder = record(child);
  const exited = once(child, 'exit');
  const listening = await Promise.race([recorder.logged('listening'), exited]);
  if (!('url' in listening)) throw new Error(`the service ended before it listened:\n${recorder.output()}`);
  return {
    url: listening.url ?? '',
    metricsUrl: listening.metrics ?? '',
    pid: child.pid ?? 0,
    database: own,
    log: recorder.lines,
    output: recorder.output,
    logged: recorder.logged,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      await exited;
    },
  };
}

function record(child: ChildProcess) {
  const lines: LogLine[] = [];
  const waiting: { message: string; resolve(line: LogLine): void }[] = [];
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = parseLine(text);
      if (!line) return;
      lines.push(line);
      for (const one of waiting.filter(({ message }) => message === line.msg)) one.resolve(line);
    });
  }
  const logged = (message: string) => {
    const earlier = lines.find(({ msg }) => msg === message);
    return earlier ? Promise.resolve(earlier) : new Promise<LogLine>((resolve) => waiting.push({ message, resolve }));
  };
  return { lines, output: () => output, logged };
}

function parseLine(text: string): LogLine | undefined {
  try {
    return logLine.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
