import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const assembly = join(root, 'native-free-workers', 'assembly');
const output = join(root, 'dist', 'native-free-workers');

/** Memory that threads share. 65536 pages are 4 GiB. */
const shared = ['--importMemory', '--sharedMemory', '--enable', 'threads', '--initialMemory', '1', '--maximumMemory', '65536'];
const simd = ['--enable', 'simd'];

const kernels = {
  image: [...simd, '--initialMemory', '2'],
  'multi-index': [...simd, ...shared],
  scan: shared,
};

function run(tool, args) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(output, { recursive: true });
run('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
for (const source of readdirSync(assembly).filter((name) => name.endsWith('.ts'))) {
  const kernel = basename(source, '.ts');
  const flags = kernels[kernel];
  if (!flags) throw new Error(`assembly/${source} has no flags: add them to "kernels" in src/build/build.mjs`);
  const files = [join(assembly, source), '--outFile', join(output, `${kernel}.wasm`)];
  // No fast-math flags: float32 results must equal the TypeScript implementation bit for bit.
  run('assemblyscript/bin/asc.js', [...files, '--optimizeLevel', '3', '--runtime', 'stub', ...flags]);
}
