import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash } from '../support/own-database.js';
import { childEnv } from '../support/service.js';

const { stores, test } = await openOwnDatabase();
const random = randomFrom(89);
const built = (file: string) => join(packageRoot(), 'dist/src', file);

beforeAll(async () => {
  await stores.entries.createMany(Array.from({ length: 50 }, () => newEntryOf([pdqHash(randomHash(random))])));
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function vigie(parameters: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const settings = childEnv({ ...test.env, VIGIE_IMAGING_PROCESSES: '1', ...env });
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [built('cli.js'), ...parameters], { env: settings }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe('vigie index audit', () => {
  it('exits with 0 where the index answers as the database does', async () => {
    const { code, stdout, stderr } = await vigie(['index', 'audit', '--queries', '20', '--json']);
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      code: 0,
      queries: 20,
      missed: 0,
      extra: 0,
      altered: 0,
      undecided: 0,
      hashes: 50,
    });
    expect(stderr).toContain('audited: 20 of 20');
  });

  it('exits with 1 where the index misses a hash', async () => {
    const file = join(test.env.VIGIE_DATA_DIR, 'sabotage.mjs');
    const memory = JSON.stringify(pathToFileURL(built('index/memory.js')).href);
    await writeFile(
      file,
      `import { MemoryIndex } from ${memory};
      const { search } = MemoryIndex.prototype;
      MemoryIndex.prototype.search = async function (...all) {
        return (await search.apply(this, all)).map((hits) => hits.slice(1));
      };`,
    );
    const options = { NODE_OPTIONS: `--import ${pathToFileURL(file).href}` };
    const { code, stdout } = await vigie(['index', 'audit', '--queries', '5'], options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'asked 5 queries of 50 hashes: 5 missed, 0 extra, 0 altered\n' });
  });

  it.each(['0', '-1', 'many'])('exits with 2 for --queries %s', async (queries) => {
    expect((await vigie(['index', 'audit', '--queries', queries])).code).toBe(2);
  });

  it('exits with 2 where the engine is the database', async () => {
    const { code, stderr } = await vigie(['index', 'audit'], { VIGIE_INDEX: 'pgvector' });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('nothing to audit') });
  });
});
