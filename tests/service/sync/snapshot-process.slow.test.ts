import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config.js';
import { Client } from '../../support/client.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { startTestService } from '../../support/service.js';

const key = '5a'.repeat(32);
const env = { VIGIE_DATA_KEY: key };
const random = randomFrom(5);
const pdqOf = (value: string) => ({ pdq: [{ value, quality: 90 }] });

let database: TestDatabase;
let path: string;

beforeAll(async () => {
  database = await createTestDatabase();
  path = join(database.env.VIGIE_DATA_DIR, 'index.snapshot');
});

afterAll(() => database.drop());

describe('vigie serve', () => {
  it('starts from the snapshot of its last stop, also after it was killed', async () => {
    const value = randomHash(random);
    const first = await startTestService({ database, env });
    const { id } = await new Client(first.url).enrolHashes(pdqOf(value));
    expect(await first.stop()).toBe(0);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path)).includes(Buffer.from(value, 'hex'))).toBe(false);

    const later = randomHash(random);
    const second = await startTestService({ database, env });
    const { id: laterId } = await new Client(second.url).enrolHashes(pdqOf(later));
    await second.kill();

    const third = await startTestService({ database, env });
    for (const service of [second, third]) {
      expect(service.log.map(({ msg }) => msg)).toContain('index loaded from the snapshot');
      expect(service.output()).not.toContain(key);
    }
    const client = new Client(third.url);
    expect((await client.matchHashes(pdqOf(value))).matches.map(({ entry }) => entry)).toEqual([id]);
    expect((await client.matchHashes(pdqOf(later))).matches.map(({ entry }) => entry)).toEqual([laterId]);
    await third.stop();
  });

  it('deletes the snapshot when the engine is pgvector', async () => {
    const own = await createTestDatabase();
    const before = await startTestService({ database: own });
    await before.stop();
    await stat(join(own.env.VIGIE_DATA_DIR, 'index.snapshot'));
    const service = await startTestService({ database: own, env: { VIGIE_INDEX: 'pgvector' } });
    await service.stop();
    await expect(stat(join(own.env.VIGIE_DATA_DIR, 'index.snapshot'))).rejects.toThrow('ENOENT');
    await own.drop();
  });
});

describe('VIGIE_DATA_KEY', () => {
  it('is 32 bytes in hex; an error does not repeat it', () => {
    expect(loadConfig(env).VIGIE_DATA_KEY?.toString('hex')).toBe(key);
    expect(() => loadConfig({ VIGIE_DATA_KEY: 'secret' })).toThrow(
      new ConfigError('VIGIE_DATA_KEY: expected 64 hexadecimal digits'),
    );
  });
});
