/** Builds `dist/`: TypeScript by tsc, every kernel of native-free-workers/assembly by the AssemblyScript compiler. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const assembly = join(root, 'native-free-workers', 'assembly');
const output = join(root, 'dist', 'native-free-workers');

/** Imported memory that main thread and workers attach to, in pages of 64 KiB; 65 536 = 4 GiB. */
const shared = ['--importMemory', '--sharedMemory', '--enable', 'threads', '--initialMemory', '1', '--maximumMemory', '65536'];
const simd = ['--enable', 'simd'];

/**
 * The kernels and their flags. No `--optimizeLevel` beyond 3 and no fast-math: float32 results must equal the TypeScript twin bit for bit.
 */
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
  if (!flags) throw new Error(`assembly/${source} has no flags in src/build/build.mjs`);
  const files = [join(assembly, source), '--outFile', join(output, `${kernel}.wasm`)];
  run('assemblyscript/bin/asc.js', [...files, '--optimizeLevel', '3', '--runtime', 'stub', ...flags]);
}
