import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { EntryDetailStore } from '../../src/store/entry-details.js';
import { SeriesStore } from '../../src/store/series.js';
import type { VerdictRecord } from '../../src/store/verdicts.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const details = new EntryDetailStore(database);
const series = new SeriesStore(database);
const random = randomFrom(67);
let verdicts = 0;

async function enrol(changes = {}): Promise<string> {
  return (await stores.entries.create(newEntryOf([pdqHash(randomHash(random))], changes), setup))?.entry.id ?? '';
}

/** A verdict with a match of each of these entries. */
function verdictOn(entries: readonly string[], answeredAt: string, verdict: VerdictRecord['verdict'] = 'remove'): Promise<void> {
  const match = {
    list: 'known',
    class: 'ncii_adult',
    matchType: 'near',
    algorithm: 'pdq',
    variant: 'full',
    distance: 4,
  } as const;
  const more = { band: 'tight', threshold: 31, orientation: 'identity', negative: false, corroborated: false } as const;
  const matches = entries.map(
    (entry) => ({ entry, ...match, ...more, transformation: null, action: 'remove', policyVersion: 1 }) as const,
  );
  const caller = { key: 'testplatform', organisation: 'tests' };
  const requestId = `req_${String(++verdicts).padStart(32, '0')}`;
  const kept = { reason: null, matches, removal: null, evidence: [], policy: {}, indexVersion: '1-1' };
  return stores.verdicts.append([{ requestId, ...caller, verdict, ...kept, answeredAt: new Date(answeredAt) }]);
}

describe('the verdicts of an entry', () => {
  it('are counted by day in UTC, also where the entry is one of several matches', async () => {
    const [one, other] = [await enrol(), await enrol()];
    await verdictOn([one], '2026-11-01T23:59:59.999Z');
    await verdictOn([one], '2026-11-02T23:59:59.999Z');
    await verdictOn([other, one], '2026-11-03T00:00:00.000Z');
    await verdictOn([one], '2026-11-03T12:00:00.000Z', 'hold_for_review');
    await verdictOn([other], '2026-11-03T12:00:00.000Z');
    expect(await details.verdicts(one, new Date('2026-11-02'))).toEqual([
      { day: '2026-11-02', verdict: 'remove', count: 1 },
      { day: '2026-11-03', verdict: 'hold_for_review', count: 1 },
      { day: '2026-11-03', verdict: 'remove', count: 1 },
    ]);
  });
});

describe('a series', () => {
  it('knows a person if one source does, and only from claims that stand', async () => {
    const [first, second] = [await enrol({ series: 'one' }), await enrol({ series: 'one' })];
    await database.query(
      `update claim set facts = case when entry = $1 then '{"victimIdentified":true}'::jsonb else '{"victimIdentified":false}' end
      where entry = any($2)`,
      [uuidOf(first), [uuidOf(first), uuidOf(second)]],
    );
    const page = () => series.page({ lists: ['known'], limit: 10 });
    expect(await page()).toMatchObject([{ series: 'one', entries: 2, victimIdentified: true, offenderIdentified: null }]);
    await database.query('update claim set ended_at = now() where entry = $1', [uuidOf(first)]);
    expect(await page()).toMatchObject([{ victimIdentified: false }]);
  });

  it('is found by a part of its name, in which no character is special', async () => {
    await enrol({ series: '100% of_case' });
    await enrol({ series: '100 of case' });
    const found = await series.page({ lists: ['known'], search: '% OF_', limit: 10 });
    expect(found.map((one) => one.series)).toEqual(['100% of_case']);
  });
});
