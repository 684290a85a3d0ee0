import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../src/package-root.js';
import { childEnv } from './service.js';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function vigie(parameters: readonly string[], env: Readonly<Record<string, string>>): Promise<CommandResult> {
  const settings = { VIGIE_IMAGING_PROCESSES: '1', ...env };
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/cli.js'), ...parameters], {
    cwd: packageRoot(),
    env: childEnv(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A command that hangs must not outlive its test.
    timeout: 50_000,
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

/** The document that a command prints with `--json`. @throws if it fails. */
export async function vigieJson(
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await vigie([...parameters, '--json'], env);
  if (code !== 0) throw new Error(`vigie ${parameters.join(' ')} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout);
}

export function documentsOf(ndjson: string): Record<string, unknown>[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
