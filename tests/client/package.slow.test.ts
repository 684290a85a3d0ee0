import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built, packageRoot } from '../../src/package-root.js';

const published = built('src/client');
let folder = '';
const run = (command: string, ...parameters: string[]) => execFileSync(command, parameters, { cwd: folder, encoding: 'utf8' });

const inBrowsers = ['--module', 'nodenext', '--lib', 'es2022,dom', '--types', ''];
const inNode = ['--module', 'node16', '--lib', 'es2022', '--types', 'node'];
const withBundler = ['--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom', '--types', ''];

function compiled(file: string, environment: readonly string[] = inBrowsers): string {
  const typeRoots = ['--typeRoots', join(packageRoot(), 'node_modules/@types')];
  const options = [...environment, ...typeRoots, '--target', 'es2022', '--strict', '--noEmit'];
  return run(process.execPath, join(packageRoot(), 'node_modules/typescript/bin/tsc'), ...options, file);
}

/** A folder that has nothing but the package. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-package-'));
  const installed = join(folder, 'node_modules', 'vigie-client');
  await mkdir(installed, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const [packed] = JSON.parse(run('npm', 'pack', '--json', '--pack-destination', folder, published));
  run('tar', '--extract', '--file', packed.filename, '--strip-components', '1', '--directory', installed);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the package vigie-client', () => {
  it('works in a folder of its own, by its exports', async () => {
    await writeFile(
      join(folder, 'use.js'),
      `import { isHidden, Vigie } from 'vigie-client';
      import { imageFile } from 'vigie-client/node';
      const vigie = new Vigie({ url: 'http://127.0.0.1:1', key: 'vig_x', retries: 0 });
      console.log(isHidden(await vigie.match(await imageFile('use.js'))));`,
    );
    expect(run(process.execPath, 'use.js')).toBe('true\n');
  });

  it('exports nothing else', async () => {
    await writeFile(join(folder, 'inside.js'), `import('vigie-client/transport.js').catch(({ code }) => console.log(code));`);
    expect(run(process.execPath, 'inside.js')).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  it('has types that need neither Node.js nor another package, and know each verdict', async () => {
    await writeFile(
      join(folder, 'use.ts'),
      `import { isHidden, mustRemove, Vigie } from 'vigie-client';
      const result = await new Vigie({ url: 'https://vigie.example.org', key: 'vig_x' }).match(new Uint8Array());
      if (result.verdict === 'unavailable') result.retryAfterMs?.toFixed();
      else result.requestId.trim();
      if (mustRemove(result)) result.removal?.reportTo.join();
      // @ts-expect-error: there may be no verdict
      result.matches;
      if (!isHidden(result)) {
        const shown: 'suppressed' | 'test_match' | 'no_known_match' = result.verdict;
        shown.trim();
      }`,
    );
    expect(compiled('use.ts')).toBe('');
    expect(compiled('use.ts', withBundler)).toBe('');
  });

  it('has types that need nothing of a browser in Node.js', async () => {
    await writeFile(
      join(folder, 'use-in-node.ts'),
      `import type { IncomingMessage } from 'node:http';
      import { verifyWebhook, Vigie } from 'vigie-client';
      import { imageFile } from 'vigie-client/node';
      declare const request: IncomingMessage;
      await new Vigie({ url: 'https://vigie.example.org', key: process.env.VIGIE_KEY }).match(await imageFile('a.jpg'));
      await verifyWebhook(request.headers, Buffer.from('{}'), ['whsec_']);`,
    );
    expect(compiled('use-in-node.ts', inNode)).toBe('');
  });

  it.each(['src/client/README.md', 'docs/guides/platforms.md'])('the first code in %s compiles', async (page) => {
    const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(join(packageRoot(), page), 'utf8')) ?? [];
    expect(code).toContain('else await publish(upload);');
    const around = `declare const process: { env: Record<string, string | undefined> };
      declare const upload: Uint8Array;
      declare const takeDown: (it: Uint8Array) => void, holdForReview: typeof takeDown, publish: typeof takeDown;`;
    await writeFile(join(folder, 'page.ts'), `${around}\n${code}`);
    expect(compiled('page.ts')).toBe('');
  });

  it('has a readme, a licence and no dependency', () => {
    const read = (name: string) => readFileSync(join(folder, 'node_modules', 'vigie-client', name), 'utf8');
    expect(read('README.md')).toBe(readFileSync(join(packageRoot(), 'src/client/README.md'), 'utf8'));
    expect(read('LICENSE')).toContain('Apache License');
    const about = JSON.parse(read('package.json'));
    expect([about.license, about.type, about.dependencies, about.peerDependencies]).toEqual([
      'Apache-2.0',
      'module',
      undefined,
      undefined,
    ]);
  });
});
