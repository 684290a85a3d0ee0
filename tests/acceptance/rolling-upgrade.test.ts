import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { createTestDatabase, openTestDatabase, type TestDatabase } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { startTestService, type TestService } from '../support/service.js';

const random = randomFrom(19);
const [newClass, known] = [randomHash(random), randomHash(random)];

/** What the next version could have done: one column more, and a class that this version does not know. */
const nextVersion = [
  "insert into migration (name, run_on) values ('9999_next-version', now())",
  'alter table entry add column of_the_next_version text',
];

describe('a node whose schema and rows are of the next version', () => {
  let database: TestDatabase;
  let service: TestService;
  const match = (pdq: string) => new Client(service.url).matchHashes({ pdq, quality: 100 });

  beforeAll(async () => {
    database = await createTestDatabase();
    const before = await startTestService({ database });
    const enrol = (pdq: string) => new Client(before.url).enrolHashes({ pdq: [{ value: pdq, quality: 100 }] });
    const { id } = await enrol(newClass);
    await enrol(known);
    await before.stop();
    const { database: opened } = await openTestDatabase(database);
    for (const statement of nextVersion) await opened.query(statement);
    await opened.query("update entry set class = 'class_of_the_next_version' where 'ent_' || replace(id::text, '-', '') = $1", [
      id,
    ]);
    // The snapshot has the old class.
    await opened.query('update feed set epoch = gen_random_uuid()');
    await opened.close();
    service = await startTestService({ database });
  });
  afterAll(async () => {
    await service.kill();
    await database.drop();
  });

  it('starts and answers as before', async () => {
    expect((await match(known)).verdict).toBe('remove');
    expect((await match(randomHash(random))).verdict).toBe('no_known_match');
  });

  it('holds what has a class that it does not know', async () => {
    const { status, body } = await new Client(service.url).json('POST', '/v1/match', { hashes: { pdq: newClass, quality: 100 } });
    expect([status, body]).toEqual([200, expect.objectContaining({ verdict: 'hold_for_review' })]);
  });

  it('writes', async () => {
    const pdq = randomHash(random);
    await new Client(service.url).enrolHashes({ pdq: [{ value: pdq, quality: 100 }] });
    expect((await match(pdq)).verdict).toBe('remove');
  });
});
