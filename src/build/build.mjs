import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const assembly = join(root, 'native-free-workers', 'assembly');
const output = join(root, 'dist', 'native-free-workers');

/** Memory that threads share. 65536 pages are 4 GiB. */
const shared = ['--importMemory', '--sharedMemory', '--enable', 'threads', '--initialMemory', '1', '--maximumMemory', '65536'];
const simd = ['--enable', 'simd'];

const kernels = {
  image: [...simd, '--initialMemory', '3'],
  'multi-index': [...simd, ...shared],
  scan: shared,
};

function run(tool, args) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Makes `dist/src/client` a package to publish. Without the types of Node.js, which browsers do not have. */
function packClient() {
  const [from, to] = [join(root, 'src', 'client'), join(root, 'dist', 'src', 'client')];
  for (const project of ['tsconfig.json', 'tsconfig.node.json']) run('typescript/bin/tsc', ['-p', join(from, project)]);
  for (const name of ['package.json', 'README.md']) copyFileSync(join(from, name), join(to, name));
  // The container is built without it.
  if (existsSync(join(root, 'LICENSE'))) copyFileSync(join(root, 'LICENSE'), join(to, 'LICENSE'));
}

/** After the kernels, because the pages contain one of them. */
function buildPages() {
  run('../dist/src/build/console-types.js', []);
  run('vite/bin/vite.js', ['build', '--config', join(root, 'src', 'console', 'web', 'vite.config.ts')]);
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
mkdirSync(output, { recursive: true });
run('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
packClient();
for (const source of readdirSync(assembly).filter((name) => name.endsWith('.ts'))) {
  const kernel = basename(source, '.ts');
  const flags = kernels[kernel];
  if (!flags) throw new Error(`assembly/${source} has no flags: add them to "kernels" in src/build/build.mjs`);
  const files = [join(assembly, source), '--outFile', join(output, `${kernel}.wasm`)];
  // No fast-math flags: float32 results must equal the TypeScript implementation bit for bit.
  run('assemblyscript/bin/asc.js', [...files, '--optimizeLevel', '3', '--runtime', 'stub', ...flags]);
}
buildPages();
