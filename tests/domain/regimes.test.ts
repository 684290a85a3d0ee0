import { describe, expect, it } from 'vitest';
import { contentClasses } from '../../src/domain/list.js';
import { type Obligation, obligationsOf } from '../../src/domain/obligations.js';
import type { ClockStart } from '../../src/domain/regimes/regime.js';
import { regimeIds, regimeOf, regimes, regimesStartedBy } from '../../src/domain/regimes.js';

/** The 31st: periods that end in a shorter month end on its last day. */
const start = '2026-08-31T22:30:00.000Z';
const day = '2026-09-01T22:30:00.000Z';
const twoDays = '2026-09-02T22:30:00.000Z';

/** Of every duty: start, name, deadline, end. */
const table: Readonly<Record<string, readonly [ClockStart, string, string | null, string | null][]>> = {
  fr_lcen_order: [
    ['order_received', 'remove', day, null],
    ['order_received', 'inform_issuer', null, null],
    ['order_received', 'inform_uploader', null, null],
    ['order_received', 'preserve', null, null],
  ],
  fr_dsa_trusted_flagger: [
    ['notice_received', 'remove', null, null],
    ['notice_received', 'inform_issuer', null, null],
  ],
  fr_cpp_d47_8: [
    ['detected', 'report', '2026-11-30T22:30:00.000Z', null],
    ['detected', 'destroy', '2026-11-30T22:30:00.000Z', null],
  ],
  eu_dsa: [
    ['detected', 'report', null, null],
    ['detected', 'inform_uploader', null, null],
    ['detected', 'publish_reasons', null, null],
    ['detected', 'accept_complaints', null, '2027-02-28T22:30:00.000Z'],
    ['notice_received', 'remove', null, null],
    ['notice_received', 'inform_issuer', null, null],
  ],
  eu_tco: [
    ['order_received', 'remove', '2026-08-31T23:30:00.000Z', null],
    ['order_received', 'inform_issuer', null, null],
    ['order_received', 'inform_uploader', null, null],
    ['order_received', 'preserve', null, '2027-02-28T22:30:00.000Z'],
  ],
  eu_eprivacy_derogation: [['detected', 'report', null, null]],
  eu_gdpr_erasure: [
    ['notice_received', 'destroy', '2026-09-30T22:30:00.000Z', null],
    ['notice_received', 'inform_issuer', '2026-09-30T22:30:00.000Z', null],
  ],
  us_2258a: [
    ['detected', 'report', null, null],
    ['detected', 'preserve', null, '2027-08-31T22:30:00.000Z'],
  ],
  us_take_it_down: [
    ['notice_received', 'remove', twoDays, null],
    ['notice_received', 'remove_copies', twoDays, null],
    ['notice_received', 'preserve', null, null],
  ],
  uk_osa: [['detected', 'remove', null, null]],
  uk_intimate_images: [['notice_received', 'remove', twoDays, null]],
};

function rowOf({ startsFrom, duty, deadlineAt, until }: Obligation): [ClockStart, string, string | null, string | null] {
  return [startsFrom, duty, deadlineAt, until];
}

describe('the regimes', () => {
  it('are the ones in the table', () => {
    expect(Object.keys(table).toSorted()).toEqual(regimeIds.toSorted());
  });

  it.each(Object.entries(table))('%s has its clocks and deadlines', (id, rows) => {
    const regime = regimeOf(id);
    const subjects = regime?.classes.map((contentClass) => ({ class: contentClass, action: 'remove_and_report' as const })) ?? [];
    const found = (['detected', 'notice_received', 'order_received'] as const).flatMap(
      (startsFrom) => obligationsOf([id], subjects, { startsFrom, at: Date.parse(start) }).obligations,
    );
    expect(found.map(rowOf)).toEqual(rows);
  });

  it.each(regimes)('$id has a well-formed id, a source, known classes and duties', (regime) => {
    expect(regime.id).toMatch(/^(fr|eu|us|uk)_[a-z0-9_]+$/);
    expect(regime.source).not.toBe('');
    expect(contentClasses).toEqual(expect.arrayContaining([...regime.classes]));
    expect(new Set(regime.classes).size).toBe(regime.classes.length);
    expect(regime.duties.length).toBeGreaterThan(0);
  });

  it.each(regimes)('$id does not cover test and known-good content', ({ classes }) => {
    expect(classes).not.toContain('test');
    expect(classes).not.toContain('known_good');
  });

  it('allow pauses of orders, but not of notices', () => {
    const paused = regimes.filter(({ pauses }) => pauses.length > 0).map(({ id }) => id);
    expect(paused.toSorted()).toEqual(regimesStartedBy('order_received').toSorted());
  });

  it('give priority to trusted flaggers only', () => {
    expect(regimes.filter(({ priority }) => priority).map(({ id }) => id)).toEqual(['fr_dsa_trusted_flagger']);
  });
});
