import { describe, expect, it } from 'vitest';
import { type VerdictRecord, VerdictStore } from '../../src/store/verdicts.js';
import { matchOf } from '../domain/drafts/verdicts.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database } = await openOwnDatabase();
const verdicts = new VerdictStore(database);

const record = (requestId: string, changes: Partial<VerdictRecord> = {}): VerdictRecord => ({
  requestId,
  key: 'testplatform',
  organisation: 'tests',
  verdict: 'remove',
  reason: null,
  matches: [matchOf('ncii_adult'), matchOf('csam_a1')],
  removal: null,
  evidence: [],
  policy: { known: 3 },
  indexVersion: '7',
  answeredAt: new Date('2026-11-26T09:30:00.500Z'),
  ...changes,
});

describe('VerdictStore.get', () => {
  it('returns the stored verdict', async () => {
    await verdicts.append([record('req_1'), record('req_2', { verdict: 'unscannable', reason: 'flat', matches: [] })]);
    expect(await verdicts.get('tests', 'req_1')).toEqual(record('req_1'));
    expect(await verdicts.get('tests', 'req_2')).toMatchObject({ verdict: 'unscannable', reason: 'flat', matches: [] });
  });

  it('returns nothing for another organisation or an unknown request', async () => {
    await verdicts.append([record('req_3', { organisation: 'others' })]);
    expect(await verdicts.get('tests', 'req_3')).toBeUndefined();
    expect(await verdicts.get('tests', 'req_4')).toBeUndefined();
  });
});
