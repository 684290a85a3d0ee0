import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentClasses, type ListAction } from '../../src/domain/list.js';
import { type Obligation, obligationsOf, removalOf } from '../../src/domain/obligations.js';
import { clockStarts } from '../../src/domain/regimes/regime.js';
import { regimeIds } from '../../src/domain/regimes.js';
import type { Match } from '../../src/domain/verdict.js';

const now = Date.parse('2026-11-26T14:00:00Z');

const matchOf = (changes: Partial<Match> = {}): Match => ({
  entry: 'ent_1',
  list: 'illegal',
  class: 'csam_baseline',
  matchType: 'exact',
  algorithm: 'sha256',
  variant: 'full',
  distance: 0,
  band: 'exact',
  policyVersion: 1,
  threshold: 0,
  orientation: 'identity',
  negative: false,
  corroborated: false,
  transformation: null,
  action: 'remove_and_report',
  ...changes,
});

describe('removalOf', () => {
  it('names duties, preservation and recipients of the regimes switched on', () => {
    const removal = removalOf('remove_and_report', [matchOf()], ['us_2258a', 'uk_osa'], now);
    expect(removal).toEqual({
      action: 'remove_and_report',
      obligations: [
        expect.objectContaining({ regime: 'us_2258a', duty: 'report', startsFrom: 'detected', deadlineAt: null }),
        expect.objectContaining({ regime: 'us_2258a', duty: 'preserve', until: '2027-11-26T14:00:00.000Z' }),
        expect.objectContaining({ regime: 'uk_osa', duty: 'remove', startedAt: '2026-11-26T14:00:00.000Z' }),
      ],
      preserveUntil: '2027-11-26T14:00:00.000Z',
      reportTo: ['ncmec_cybertipline'],
    });
  });

  it('obliges to nothing if no regime is switched on', () => {
    const nothing = { action: 'remove', obligations: [], preserveUntil: null, reportTo: [] };
    expect(removalOf('remove', [matchOf({ action: 'remove' })], [], now)).toEqual(nothing);
  });

  it('puts obligations with a deadline first', () => {
    const { obligations = [] } = removalOf('remove', [matchOf()], ['us_2258a', 'fr_cpp_d47_8'], now) ?? {};
    expect(obligations.map(({ duty, deadlineAt }) => [duty, deadlineAt])).toEqual([
      ['report', '2027-02-26T14:00:00.000Z'],
      ['destroy', '2027-02-26T14:00:00.000Z'],
      ['report', null],
      ['preserve', null],
    ]);
  });

  it('starts no clock for orders and notices that nobody received', () => {
    const ncii = matchOf({ class: 'ncii_minor' });
    expect(removalOf('remove', [ncii], ['fr_lcen_order', 'us_take_it_down', 'uk_intimate_images'], now)?.obligations).toEqual([]);
  });

  it('demands a report only for classes that may be a crime', () => {
    const dutiesOf = (contentClass: Match['class']) =>
      removalOf('remove', [matchOf({ class: contentClass })], ['eu_dsa'], now)?.obligations.map(({ duty }) => duty);
    expect(dutiesOf('csam_a1')).toContain('report');
    expect(dutiesOf('ncii_adult')).toEqual(['inform_uploader', 'publish_reasons', 'accept_complaints']);
  });

  it('considers every match that removes, and no other', () => {
    const held = matchOf({ class: 'csam_a1', action: 'hold_for_review' });
    const removed = matchOf({ class: 'ncii_adult', action: 'remove' });
    expect(removalOf('remove', [removed, held], ['us_2258a'], now)?.obligations).toEqual([]);
    const both = [removed, { ...held, action: 'remove_and_report' as const }];
    expect(removalOf('remove_and_report', both, ['us_2258a'], now)?.reportTo).toEqual(['ncmec_cybertipline']);
  });

  it('names a duty once, however many matches lead to it', () => {
    const removal = removalOf('remove_and_report', [matchOf(), matchOf({ class: 'csam_b1' })], ['us_2258a', 'us_2258a'], now);
    expect(removal?.obligations.length).toBe(2);
  });

  it.each<ListAction>(['hold_for_review', 'suppress', 'test_match'])('is null for %s', (action) => {
    expect(removalOf(action, [matchOf({ action })], regimeIds, now)).toBeNull();
  });
});

const subjects = fc.array(
  fc.record({ class: fc.constantFrom(...contentClasses, null), action: fc.constantFrom('remove', 'remove_and_report') }),
  { maxLength: 4 },
);
const clock = fc.record({
  startsFrom: fc.constantFrom(...clockStarts),
  at: fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2100-01-01') }),
});

describe('obligationsOf', () => {
  it('gives obligations of switched-on regimes only', () => {
    fc.assert(
      fc.property(fc.subarray([...regimeIds]), subjects, clock, (switchedOn, of, at) => {
        const { obligations } = obligationsOf(switchedOn, of, at);
        expect(switchedOn).toEqual(expect.arrayContaining(obligations.map(({ regime }) => regime)));
        expect(obligationsOf([], of, at)).toEqual({ obligations: [], preserveUntil: null, reportTo: [] });
      }),
    );
  });

  it('puts the earliest deadline first, no deadline last, and none before the start', () => {
    const timeOf = ({ deadlineAt }: Obligation) => (deadlineAt === null ? Number.POSITIVE_INFINITY : Date.parse(deadlineAt));
    fc.assert(
      fc.property(fc.shuffledSubarray([...regimeIds]), subjects, clock, (switchedOn, of, at) => {
        const { obligations } = obligationsOf(switchedOn, of, at);
        const times = obligations.map(timeOf);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const one of obligations) {
          expect(Date.parse(one.startedAt)).toBe(at.at);
          expect(timeOf(one)).toBeGreaterThan(at.at);
          expect(one.startsFrom).toBe(at.startsFrom);
        }
      }),
    );
  });

  it('preserves until the latest end of all duties to preserve', () => {
    fc.assert(
      fc.property(fc.subarray([...regimeIds]), subjects, clock, (switchedOn, of, at) => {
        const { obligations, preserveUntil } = obligationsOf(switchedOn, of, at);
        const ends = obligations.flatMap(({ duty, until }) => (duty === 'preserve' && until ? [Date.parse(until)] : []));
        expect(preserveUntil === null ? -1 : Date.parse(preserveUntil)).toBe(Math.max(-1, ...ends));
      }),
    );
  });

  it('ignores a regime that no longer exists', () => {
    const of = [{ class: null, action: 'remove' as const }];
    expect(obligationsOf(['xx_gone'], of, { startsFrom: 'detected', at: now }).obligations).toEqual([]);
  });
});
