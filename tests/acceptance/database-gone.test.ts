import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CutProxy, startCutProxy } from '../../bench/faults/cut-proxy.js';
import { Client, problemOf } from '../support/client.js';
import { createTestDatabase, onPostgres, openTestDatabase, type TestDatabase } from '../support/database.js';
import { photograph, randomFrom, randomHash } from '../support/images.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

function useCuttable(env: Readonly<Record<string, string>> = {}) {
  const parts: { database?: TestDatabase; proxy?: CutProxy; service?: TestService } = {};
  beforeAll(async () => {
    parts.database = await createTestDatabase();
    parts.proxy = await startCutProxy(parts.database.env.DATABASE_URL ?? '');
    const through = { env: { ...parts.database.env, DATABASE_URL: parts.proxy.url }, drop: async () => {} };
    parts.service = await startTestService({ database: through, env });
  });
  afterAll(async () => {
    parts.proxy?.mend();
    await parts.service?.stop();
    await parts.proxy?.close();
    await parts.database?.drop();
  });
  const given = <Part>(part: Part | undefined): Part => {
    if (!part) throw new Error('only inside tests and hooks');
    return part;
  };
  return {
    database: () => given(parts.database),
    proxy: () => given(parts.proxy),
    client: () => new Client(given(parts.service).url),
    url: () => given(parts.service).url,
  };
}

const random = randomFrom(77);
const enrol = (client: Client, pdq: string) =>
  client.as('analyst').json('POST', '/v1/entries', { list: 'known', hashes: { pdq, quality: 100 } });

// The embedded database runs in the service's own process.
describe.skipIf(!onPostgres)('a database that goes away (PostgreSQL only)', () => {
  const on = useCuttable();
  const answered: string[] = [];
  let entry = '';

  describe('while it is away', () => {
    beforeAll(async () => {
      entry = (await on.client().enrol(await photograph(1))).id;
      on.proxy().cut();
    });

    it('matching continues from memory, and the answers state their age', async () => {
      const ages: number[] = [];
      await until('an answer is a second old', 10_000, async () => {
        const verdict = await on.client().match(await photograph(1));
        expect(verdict).toMatchObject({ verdict: 'remove', matches: [{ entry }] });
        answered.push(verdict.requestId);
        ages.push(verdict.index.ageMs);
        return verdict.index.ageMs > 1_000;
      });
      expect(ages).toEqual(ages.toSorted((a, b) => a - b));
    });

    it('unknown content is still no_known_match', async () => {
      expect((await on.client().match(await photograph(2))).verdict).toBe('no_known_match');
    });

    it('enrolling answers 503 database_unavailable with Retry-After', async () => {
      const answer = await enrol(on.client(), randomHash(random));
      expect(answer.status).toBe(503);
      expect(problemOf(answer).code).toBe('database_unavailable');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    });

    it.each([
      ['GET', '/v1/entries'],
      ['GET', `/v1/entries/ent_${'0'.repeat(32)}`],
    ])('%s %s answers 503', async (method, path) => {
      const answer = await on.client().as('analyst').call(method, path);
      expect(answer.status).toBe(503);
      expect(JSON.stringify(answer.body)).not.toMatch(/ECONN|127\.0\.0\.1|postgres/);
    });

    it('keys are checked and lists are read from memory', async () => {
      expect(
        (
          await on
            .client()
            .withKey(`vig_nobody000000_${'0'.repeat(64)}`)
            .call('GET', '/v1/lists')
        ).status,
      ).toBe(401);
      expect((await on.client().as('analyst').call('GET', '/v1/lists')).status).toBe(200);
    });

    it('the service is alive and ready', async () => {
      for (const path of ['/healthz', '/readyz']) expect((await fetch(`${on.url()}${path}`)).status).toBe(200);
    });
  });

  describe('once it is back', () => {
    beforeAll(() => on.proxy().mend());

    it('the index is current again', async () => {
      const ageMs = async () => (await on.client().match(await photograph(2))).index.ageMs;
      expect(await until('an answer is fresh', 15_000, async () => (await ageMs()) < 500)).toBe(true);
    });

    it('enrolling works, and no acknowledged entry was lost', async () => {
      const image = await photograph(3);
      const fresh = await on.client().enrol(image);
      expect(await on.client().match(image)).toMatchObject({ matches: [{ entry: fresh.id }] });
      expect(await on.client().match(await photograph(1))).toMatchObject({ matches: [{ entry }] });
    });

    it('the verdicts of the meantime are recorded', async () => {
      const { database } = await openTestDatabase(on.database());
      const recorded = 'select count(*)::int as count from verdict where request_id = any($1)';
      await until('all are recorded', 15_000, async () => {
        const [row] = await database.query<{ count: number }>(recorded, [answered]);
        return row?.count === answered.length;
      });
      expect(answered.length).toBeGreaterThan(1);
      await database.close();
    });
  });
});

describe.skipIf(!onPostgres)('a database that comes and goes (PostgreSQL only)', () => {
  const on = useCuttable();

  it('loses no acknowledged entry', async () => {
    const acknowledged = new Map<string, string>();
    const statuses = new Set<number>();
    let over = false;
    const enrolling = Array.from({ length: 4 }, async () => {
      while (!over) {
        const pdq = randomHash(random);
        const { status, body } = await enrol(on.client(), pdq);
        statuses.add(status);
        if (status === 201) acknowledged.set((body as { id: string }).id, pdq);
      }
    });
    for (let round = 1; round <= 3; round++) {
      const goal = acknowledged.size + 20;
      await until('entries are acknowledged', 20_000, () => acknowledged.size >= goal);
      on.proxy().cut();
      statuses.clear();
      await until('enrolling is refused', 10_000, () => statuses.has(503));
      on.proxy().mend();
    }
    over = true;
    await Promise.all(enrolling);
    expect([...statuses].filter((status) => ![201, 503].includes(status))).toEqual([]);
    // The feed brings entries that their own node could not read back.
    for (const [id, pdq] of acknowledged) {
      await until('the entry matches', 5_000, async () => {
        const { matches } = await on.client().matchHashes({ pdq, quality: 100 });
        return matches.some((match) => match.entry === id);
      });
    }
  });
});

describe.skipIf(!onPostgres)('an index older than VIGIE_INDEX_MAX_AGE_MS (PostgreSQL only)', () => {
  const on = useCuttable({ VIGIE_INDEX_MAX_AGE_MS: '1000' });
  const hashes = { pdq: randomHash(random) };
  const match = () => on.client().json('POST', '/v1/match', { hashes });

  it('answers 503 index_unavailable with Retry-After until the database is back', async () => {
    await until('matching works', 5_000, async () => (await match()).status === 200);
    on.proxy().cut();
    const refused = await until('matching is refused', 5_000, async () => {
      const answer = await match();
      return answer.status === 200 ? undefined : answer;
    });
    expect(refused.status).toBe(503);
    expect(problemOf(refused)).toMatchObject({ code: 'index_unavailable', detail: expect.stringContaining('1000') });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await on.client().json('POST', '/v1/match/batch', { items: [{ id: '1', hashes }] })).status).toBe(503);
    expect((await fetch(`${on.url()}/readyz`)).status).toBe(503);
    expect((await fetch(`${on.url()}/healthz`)).status).toBe(200);
    on.proxy().mend();
    await until('matching works again', 15_000, async () => (await match()).status === 200);
  });
});
