/**
 * Installs the dependencies and builds `dist/`, if they are missing or out of date.
 *
 * It may only use Node built-ins. It writes to stderr, because stdout belongs to the npm script (`--json`).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const stampFile = at('dist', '.stamp');

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function isInstalled() {
  const wanted = readJson(at('package-lock.json'))?.packages ?? {};
  const present = readJson(at('node_modules', '.package-lock.json'))?.packages ?? {};
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

function filesUnder(folder) {
  return readdirSync(at(folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function sourceStamp() {
  const hash = createHash('sha256');
  const single = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => at(name));
  for (const file of [...single, ...['src', 'native-free-workers', 'bench'].flatMap(filesUnder)]) {
    if (/\.(ts|tsx|css|html|mjs|json|md)$/.test(file) && !file.includes('results'))
      hash.update(relative(root, file)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function run(what, command, args) {
  process.stderr.write(`vigie: ${what} ...\n`);
  // npm and tsc print to stdout; 2 sends that to our stderr.
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

// --include=dev: the build needs the compilers even with NODE_ENV=production.
if (!isInstalled()) run('installing dependencies', 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);

const stamp = sourceStamp();
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  run('building', process.execPath, [at('src', 'build', 'build.mjs')]);
  writeFileSync(stampFile, stamp);
}
