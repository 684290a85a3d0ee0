import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsTable } from '../../src/cli/config.js';
import { packageRoot } from '../../src/package-root.js';
import { onPostgres } from '../support/database.js';
import { photograph, scene } from '../support/images.js';
import { fenceLanguages, patternOf, stepsOf } from '../support/readme.js';
import { childEnv } from '../support/service.js';

const markdown = await readFile(join(packageRoot(), 'README.md'), 'utf8');
const steps = stepsOf(markdown);
/** Runs this test, so it is not run here. */
const itself = 'npm test';

describe('README', () => {
  it('shows the real answer of the first match before line 40', () => {
    const line = markdown.split('\n').findIndex((text) => text.startsWith('test_match  '));
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThan(40);
  });

  it('begins with npm start and has npm test', () => {
    expect(steps[0]?.command).toBe('npm start');
    expect(steps.map(({ command }) => command)).toContain(itself);
  });

  it('fences commands only as console, where they are run', () => {
    expect(new Set(fenceLanguages(markdown))).toEqual(new Set(['console']));
  });

  it('has the table of settings that the schema gives', () => {
    expect(markdown).toContain(`<!-- settings -->\n${settingsTable()}\n<!-- /settings -->`);
  });
});

describe.skipIf(onPostgres)('the commands of README, in a clone', () => {
  let clone: string;
  let server: ChildProcess;
  let firstLines: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    clone = await cloneHere();
    env = childEnv({ VIGIE_PORT: String(await freePort()), VIGIE_OPS_PORT: '0' });
    server = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    firstLines = await linesUntil(server, 'the keys are in this file');
    const keys = await readFile(join(clone, '.vigie/keys.txt'), 'utf8');
    env = { ...env, VIGIE_KEY: /platform +(vig_\S+)/.exec(keys)?.[1] ?? '' };
    await writeFile(join(clone, 'photo.jpg'), await photograph(2));
    const edited = (await scene(2)).resize(480, 360).jpeg({ quality: 60 });
    await writeFile(join(clone, 'edited.jpg'), await edited.toBuffer());
  }, 120_000);

  afterAll(async () => {
    // npm does not forward signals, so the whole group gets one.
    const closed = once(server, 'close');
    if (server.pid) process.kill(-server.pid, 'SIGTERM');
    await closed;
    await rm(clone, { recursive: true, force: true });
  });

  it('answers npm start as shown', () => {
    const pattern = patternOf(steps[0]?.answer ?? '');
    expect(firstLines.split('\n').some((line) => pattern.test(line))).toBe(true);
  });

  it.each(steps.filter(({ command }) => command !== 'npm start' && command !== itself))(
    'answers $command as shown',
    async (step) => {
      const command = step.command.replaceAll('127.0.0.1:8700', `127.0.0.1:${env.VIGIE_PORT}`);
      expect(await run(command, clone, env)).toMatch(patternOf(step.answer));
    },
  );
});

/** With the dependencies and the build of this folder. */
async function cloneHere(): Promise<string> {
  const root = packageRoot();
  const clone = await mkdtemp(join(tmpdir(), 'vigie-readme-'));
  const copied = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'src',
    'native-free-workers',
    'migrations',
    'bench',
    'dist',
  ];
  for (const name of copied) await cp(join(root, name), join(clone, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

/** Its output, whatever the exit code (3: match found). */
function run(command: string, cwd: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', command], { cwd, env }, (_error, stdout) => resolve(stdout.trimEnd()));
  });
}

async function linesUntil(child: ChildProcess, text: string): Promise<string> {
  let seen = '';
  if (!child.stdout) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    seen += `${line}\n`;
    if (!line.includes(text)) continue;
    child.stdout.resume();
    return seen;
  }
  throw new Error(`npm start ended before it said "${text}":\n${seen}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
