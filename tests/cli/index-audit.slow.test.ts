import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { packageRoot } from '../../src/package-root.js';
import { vigie } from '../support/cli.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash } from '../support/own-database.js';

const { stores, test } = await openOwnDatabase();
const random = randomFrom(89);
const built = (file: string) => pathToFileURL(join(packageRoot(), 'dist/src', file)).href;

beforeAll(async () => {
  await stores.entries.createMany(
    Array.from({ length: 50 }, () => newEntryOf([pdqHash(randomHash(random))])),
    setup,
  );
});

const run = (parameters: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  vigie(['index', 'audit', ...parameters], { ...test.env, ...env });

describe('vigie index audit', () => {
  it('exits with 0 if the index and the database give the same answers', async () => {
    const { code, stdout, stderr } = await run(['--queries', '20', '--json']);
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      code: 0,
      queries: 20,
      missed: 0,
      extra: 0,
      altered: 0,
      undecided: 0,
      hashes: 50,
    });
    expect(stderr).toContain('queries: 20 of 20');
  });

  it('exits with 1 if the index misses a hash', async () => {
    const file = join(test.env.VIGIE_DATA_DIR, 'sabotage.mjs');
    const memory = JSON.stringify(built('index/memory.js'));
    await writeFile(
      file,
      `import { MemoryIndex } from ${memory};
      const { search } = MemoryIndex.prototype;
      MemoryIndex.prototype.search = async function (...all) {
        return (await search.apply(this, all)).map((hits) => hits.slice(1));
      };`,
    );
    const options = { NODE_OPTIONS: `--import ${pathToFileURL(file).href}` };
    const { code, stdout } = await run(['--queries', '5'], options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'checked 5 queries against 50 hashes: 5 missed, 0 extra, 0 altered\n' });
  });

  it.each(['0', '-1', 'many'])('exits with 2 for --queries %s', async (queries) => {
    expect((await run(['--queries', queries])).code).toBe(2);
  });

  it('exits with 2 if VIGIE_INDEX=pgvector, which has no memory index', async () => {
    const { code, stderr } = await run([], { VIGIE_INDEX: 'pgvector' });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('no memory index to check') });
  });
});
