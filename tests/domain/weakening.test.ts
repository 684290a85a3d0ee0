import { describe, expect, it } from 'vitest';
import { defaultLimits, defaultThresholds, type List, newList } from '../../src/domain/list.js';
import type { OrganisationSettings } from '../../src/domain/organisation.js';
import { changesOf, settingChangesOf, strictStart, weakened } from '../../src/domain/weakening.js';

const list = newList({ id: 'l', title: 'L', class: 'ncii_adult', action: 'remove', organisation: 'owner' });
const pdq = (tight: number, wide: number, blockhash = 24) => ({ thresholds: { pdq: { tight, wide }, blockhash } });
const limits = (changed: Partial<List['limits']>) => ({ limits: { ...defaultLimits, ...changed } });
const grants = (...rights: List['grants'][number]['rights']) => ({ grants: [{ organisation: 'police', rights }] });
const suppressing = newList({ id: 's', title: 'S', class: 'known_good', action: 'suppress' });

describe('a change of a list weakens if', () => {
  it.each<[string, Partial<List>, Partial<List>]>([
    ['limits.withdrawalsAnHour', {}, limits({ withdrawalsAnHour: 100_000 })],
    ['limits.disputesAfter', {}, limits({ disputesAfter: 3 })],
    ['limits.floodAnHour', {}, limits({ floodAnHour: 1_001 })],
    ['thresholds.pdq.tight', {}, pdq(31, 31)],
    ['thresholds.pdq.wide', {}, pdq(16, 63)],
    ['thresholds.blockhash', {}, pdq(16, 31, 25)],
    ['action', {}, { action: 'remove_and_report' }],
    ['action', { action: 'hold_for_review' }, { action: 'remove' }],
    ['action', {}, suppressing],
    ['policy', { policy: { verified: { wide: 'hold_for_review' } } }, { policy: {} }],
    ['policy', {}, { policy: { classes: { tvec: { verified: { exact: 'remove_and_report' } } } } }],
    ['policy', { policy: { unverified: { wide: 'ignore' } } }, { policy: { unverified: { wide: 'hold_for_review' } } }],
    ['enabled', { enabled: false }, { enabled: true }],
    ['open', {}, { open: true }],
    ['share', { share: 10 }, { share: 11 }],
    ['class', {}, { class: 'csam_a1' }],
    ['organisation', {}, { organisation: 'another' }],
    ['verification.people', {}, { verification: { people: 0, organisations: 0 } }],
    ['provenanceRequired', { provenanceRequired: ['unit', 'date'] }, { provenanceRequired: ['unit'] }],
    ['grants.police', {}, grants('read', 'verify')],
    ['grants.police', grants('read'), grants('read', 'match')],
  ])('it changes %s so: %j to %j', (field, before, after) => {
    const from = { ...list, ...before };
    expect(weakened(from, { ...from, ...after })).toContain(field);
  });

  it.each<[Partial<List>, Partial<List>]>([
    [{}, { title: 'Another title' }],
    [{}, limits({ withdrawalsAnHour: 1, disputesAfter: 1, floodAnHour: 1 })],
    [{}, pdq(0, 0, 0)],
    [{}, { action: 'hold_for_review' }],
    [{}, { policy: { verified: { wide: 'hold_for_review' }, unverified: { wide: 'ignore' } } }],
    [{}, { enabled: false }],
    [{ open: true }, { open: false }],
    [{}, { share: 1 }],
    [{}, { verification: { people: 2, organisations: 2 } }],
    [{}, { provenanceRequired: ['unit'] }],
    [grants('read', 'verify'), grants('read')],
    [grants('read', 'verify'), { grants: [] }],
  ])('never for a stricter one: %j to %j', (before, after) => {
    const from = { ...list, ...before };
    const to = { ...from, ...after };
    expect(weakened(from, to)).toEqual([]);
    expect(changesOf(from, to)).not.toEqual([]);
  });

  it('it changes how far a list that suppresses reaches, in either direction', () => {
    for (const change of [{ enabled: false }, { share: 50 }, pdq(10, 20), pdq(20, 40)]) {
      expect(weakened(suppressing, { ...suppressing, ...change })).not.toEqual([]);
    }
  });

  it('names old and new value of each field, and nothing that stays', () => {
    const to = { ...list, ...pdq(63, 63), title: 'M', limits: { ...defaultLimits } };
    expect(changesOf(list, to)).toEqual([
      { field: 'title', from: 'L', to: 'M', weakens: false },
      { field: 'thresholds.pdq.tight', from: 16, to: 63, weakens: true },
      { field: 'thresholds.pdq.wide', from: 31, to: 63, weakens: true },
    ]);
  });

  it('does not depend on the order of keys', () => {
    const one = { ...list, policy: { verified: { wide: 'remove', tight: 'remove' } as const } };
    const other = { ...list, policy: { verified: { tight: 'remove', wide: 'remove' } as const } };
    expect(changesOf(one, other)).toEqual([]);
  });
});

describe('strictStart', () => {
  it('keeps what is as strict as the default, or stricter', () => {
    const strict = { ...list, ...pdq(4, 8), ...limits({ withdrawalsAnHour: 5 }), open: true };
    expect(strictStart(strict)).toEqual(strict);
  });

  it('takes the default for what is weaker', () => {
    const weak = { ...list, ...pdq(63, 63), ...limits({ floodAnHour: 9_999 }), verification: { people: 0, organisations: 0 } };
    expect(strictStart(weak)).toEqual({
      ...list,
      thresholds: defaultThresholds,
      limits: defaultLimits,
      verification: { people: 1, organisations: 1 },
    });
  });
});

describe('a change of settings weakens if', () => {
  const settings: OrganisationSettings = {
    ...{ regimes: ['eu_dsa'], verdictDays: 365, queryHours: 12, tells: 'bands', contact: 'a' },
    ...{ sharesFeedback: false, fetchesFrom: ['.example.org', 'a.example.net'] },
  };

  it.each<Partial<OrganisationSettings>>([
    { regimes: [] },
    { verdictDays: 364 },
    { queryHours: 13 },
    { tells: 'distances' },
    { contact: 'b' },
    { sharesFeedback: true },
    { fetchesFrom: ['.example.org', 'b.example.net'] },
    { fetchesFrom: ['.example.org', '.example.net'] },
    { fetchesFrom: ['.example.org:8443'] },
  ])('it is %j', (change) => {
    expect(settingChangesOf(settings, { ...settings, ...change })).toMatchObject([{ weakens: true }]);
  });

  it('never if it fetches from fewer hosts', () => {
    const changes = settingChangesOf(settings, { ...settings, fetchesFrom: ['b.example.org'] });
    expect(changes).toMatchObject([{ field: 'fetchesFrom', weakens: false }]);
  });

  it('never if it is stricter', () => {
    const stricter = { ...settings, regimes: ['eu_dsa', 'us_2258a'], verdictDays: 400, queryHours: 0 };
    const changes = settingChangesOf({ ...settings, sharesFeedback: true }, stricter);
    expect(changes.map(({ weakens }) => weakens)).toEqual([false, false, false, false]);
  });
});
