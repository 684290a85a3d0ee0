import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
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
import { fenceLanguages, patternOf, type Step, stepsOf } from '../support/readme.js';
import { childEnv } from '../support/service.js';
import { Terminal } from '../support/terminal.js';

const readText = (file: string) => readFile(join(packageRoot(), file), 'utf8');
const readme = await readText('README.md');
const operators = await readText('docs/guides/operators.md');
const hotlines = await readText('docs/guides/hotlines.md');
const platforms = await readText('docs/guides/platforms.md');
const clientsOfHma = await readText('docs/guides/hma.md');
/** `npm start` runs before the other steps; `npm test` would run this test again. */
const special = ['npm start', 'npm test'];
const hasCurl = spawnSync('curl', ['--version']).status === 0;

describe('README', () => {
  const steps = stepsOf(readme);

  it('shows the real answer of the first match before line 40', () => {
    const line = readme.split('\n').findIndex((text) => text.startsWith('test_match  '));
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThan(40);
  });

  it('begins with npm start and has npm test', () => {
    expect(steps[0]?.command).toBe('npm start');
    expect(steps.map(({ command }) => command)).toContain('npm test');
  });
});

describe('the guide for operators', () => {
  it('has the table of settings that the schema gives', () => {
    expect(operators).toContain(`<!-- settings -->\n${settingsTable()}\n<!-- /settings -->`);
  });
});

it.each([
  ['README', readme],
  ['the guide for operators', operators],
  ['the guide for hotlines', hotlines],
  ['the guide for platforms', platforms],
  ['the guide for clients of HMA', clientsOfHma],
])('%s fences commands only as console, so that they are run here', (_name, markdown) => {
  const languages = new Set(fenceLanguages(markdown));
  // Files for other programs are not run. tests/client/package.slow.test.ts compiles the code.
  for (const file of ['sql', 'yaml', 'ts', 'json']) languages.delete(file);
  expect(languages).toEqual(new Set(['console']));
});

describe.skipIf(onPostgres)('the commands of README and the guides, in a clone', () => {
  let clone: string;
  let server: ChildProcess;
  let firstLines: string;
  let terminal: Terminal;
  let port: number;
  /** Keys that the guides show, by their person, or by their organisation where nobody is named. */
  const keys = new Map<string, string>();

  beforeAll(async () => {
    clone = await cloneHere();
    port = await freePort();
    const env = childEnv({ VIGIE_PORT: String(port), VIGIE_OPS_PORT: '0' });
    server = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    firstLines = await linesUntil(server, 'keys.txt');
    terminal = new Terminal(clone, env);
    await writeImages(clone);
  }, 120_000);

  afterAll(async () => {
    await terminal.close();
    // npm does not forward signals, so the whole process group gets it. The service is gone once the output is closed.
    const closed = once(server, 'close');
    if (server.pid) process.kill(-server.pid, 'SIGTERM');
    await closed;
    await rm(clone, { recursive: true, force: true });
  });

  async function answerOf({ command }: Step): Promise<string> {
    const answer = await terminal.run(command.replaceAll('127.0.0.1:8700', `127.0.0.1:${port}`));
    const owner = /--person (\w+)|--organisation (\w+) --role platform/.exec(command);
    if (command.includes('keys create') && owner) keys.set(owner[1] ?? owner[2] ?? '', answer.split('\n')[0] ?? '');
    return answer;
  }

  function runs(markdown: string): void {
    const steps = stepsOf(markdown).filter(({ command }) => !special.includes(command));
    it.each(steps)('answers $command as shown', async (step) => {
      expect(await answerOf(step)).toMatch(patternOf(step.answer));
    });
  }

  describe('README', () => {
    beforeAll(async () => {
      const { 1: key } = /platform +(vig_\S+)/.exec(await readFile(join(clone, '.vigie/keys.txt'), 'utf8')) ?? [];
      await terminal.run(`export VIGIE_KEY=${key}`);
    });

    it('answers npm start as shown', () => {
      const pattern = patternOf(stepsOf(readme)[0]?.answer ?? '');
      expect(firstLines.split('\n').some((line) => pattern.test(line))).toBe(true);
    });

    runs(readme);
  });

  describe('the guide for operators', () => {
    runs(operators);
  });

  // .ci/run installs curl.
  describe.skipIf(!hasCurl && !process.env.CI)('the guide for hotlines', () => {
    beforeAll(async () => {
      await terminal.run(`export VIGIE_KEY=${keys.get('Ada')} COLLEAGUE_KEY=${keys.get('Grace')}`);
    });

    runs(hotlines);
  });

  describe.skipIf(!hasCurl && !process.env.CI)('the guide for platforms', () => {
    beforeAll(async () => {
      await terminal.run(`export VIGIE_KEY=${keys.get('example')}`);
    });

    runs(platforms);
  });

  describe.skipIf(!hasCurl && !process.env.CI)('the guide for clients of HMA', () => runs(clientsOfHma));
});

/** The files of a clone, with the dependencies and the build that are here already. */
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

/** The reader's own images: two photographs, and an edited copy of each. */
async function writeImages(folder: string): Promise<void> {
  for (const [seed, original, copy] of [
    [2, 'photo.jpg', 'edited.jpg'],
    [7, 'found.jpg', 'upload.jpg'],
  ] as const) {
    await writeFile(join(folder, original), await photograph(seed));
    const edited = (await scene(seed)).resize(480, 360).jpeg({ quality: 60 });
    await writeFile(join(folder, copy), await edited.toBuffer());
  }
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
