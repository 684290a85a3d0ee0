import { beforeEach, describe, expect, it, vi } from 'vitest';
import { system } from '../../../src/domain/actor.js';
import type { Act } from '../../../src/domain/audit-act.js';
import type { ListRight } from '../../../src/domain/list.js';
import type { Organisation } from '../../../src/domain/organisation.js';
import type { Decision } from '../../../src/domain/verdict.js';
import { EnumerationGuard, type GuardParts } from '../../../src/service/abuse/enumeration-guard.js';
import { OrganisationCache } from '../../../src/service/accounts/organisation-cache.js';
import { MatchDisclosure } from '../../../src/service/matching/match-disclosure.js';
import { platform } from '../../support/callers.js';
import { flipBits, randomFrom, randomHash } from '../../support/images.js';

const random = randomFrom(89);
let now: number;
let logged: [object, string][];
let acts: Act[];
let guard: EnumerationGuard;

beforeEach(() => {
  [now, logged, acts] = [0, [], []];
  guard = guardOf();
});

function guardOf(changes: Partial<GuardParts> = {}): EnumerationGuard {
  const log = { warn: (detail: object, message: string) => void logged.push([detail, message]) };
  const record = async (act: Act) => void acts.push(act);
  const limits = { alertAt: 20, bandsAt: 40 };
  return new EnumerationGuard({ limits, key: new Uint8Array(32).fill(3), log, record, now: () => now, ...changes });
}

/** Asks for `count` variants of a picture, which it returns. */
function probe(count: number, caller = platform(), of = randomHash(random)): string {
  for (let asked = 0; asked < count; asked++) guard.observe(caller, flipBits(of, 4, random));
  return of;
}

describe('a key that asks for near variants of one picture', () => {
  it('raises one alert, in the log and in the audit log, without a hash', () => {
    probe(35);
    probe(35);
    const detail = { organisation: 'tests', variants: 20, within: 'ten minutes', told: 'distances' };
    expect(acts).toEqual([{ actor: system, act: 'key.alert', subject: 'testplatform', detail }]);
    expect(logged).toEqual([[{ key: 'testplatform', ...detail }, 'a key asks for many near variants of one picture']]);
    expect([guard.alerts, guard.tells(platform())]).toEqual([1, 'distances']);
  });

  it('is told bands for an hour after its last probe', () => {
    const picture = probe(65);
    expect([guard.tells(platform()), guard.limited]).toEqual(['bands', 1]);
    expect(acts.map(({ act, detail }) => [act, detail.told])).toEqual([
      ['key.alert', 'distances'],
      ['key.limit', 'bands'],
    ]);
    now = 30 * 60_000;
    probe(60, platform(), picture);
    now = 89 * 60_000;
    expect(guard.tells(platform())).toBe('bands');
    now = 91 * 60_000;
    expect([guard.tells(platform()), guard.limited]).toEqual(['distances', 0]);
  });

  it('is told only that something matched from twice as many on', () => {
    probe(200);
    expect(guard.tells(platform())).toBe('matches');
    expect(acts.map(({ detail }) => detail.told)).toEqual(['distances', 'bands', 'matches']);
  });

  it('does not limit other keys', () => {
    const picture = probe(200);
    guard.observe(platform({ key: 'another' }), picture);
    expect(guard.tells(platform({ key: 'another' }))).toBe('distances');
  });

  it('is noticed within one pass when it flips one bit at a time', () => {
    const picture = randomHash(random);
    for (let bit = 0; bit < 256; bit++) guard.observe(platform(), flipBits(picture, 1, random));
    expect(guard.tells(platform())).toBe('matches');
  });

  it('is noticed when it hides each variant among decoys', () => {
    const picture = randomHash(random);
    for (let query = 0; query < 400; query++) {
      const decoys = Array.from({ length: 15 }, () => ({ value: randomHash(random) }));
      guard.observe(platform(), [...decoys, { value: flipBits(picture, 8, random) }]);
    }
    expect(acts.map(({ act }) => act)).toContain('key.alert');
  });
});

describe('an organisation whose queries match', () => {
  const matching = (count: number, of: string, key: string) => {
    for (let asked = 0; asked < count; asked++) guard.observeMatch(platform({ key }), flipBits(of, 4, random), undefined);
  };

  it('is limited as a whole when several keys probe one picture over a day', () => {
    const picture = randomHash(random);
    for (let hour = 0; hour < 20; hour++) {
      now = hour * 3_600_000;
      matching(8, picture, `key ${hour}`);
    }
    expect(guard.tells(platform({ key: 'unused' }))).toBe('bands');
    expect(guard.tells(platform({ organisation: 'others' }))).toBe('distances');
    expect(acts[0]).toMatchObject({ act: 'key.alert', detail: { within: 'a day' } });
    expect(acts.at(-1)).toMatchObject({ act: 'key.limit', detail: { within: 'a day', told: 'bands' } });
  });

  it('is forgotten after a day', () => {
    const picture = randomHash(random);
    matching(35, picture, 'a');
    now = 25 * 3_600_000;
    matching(35, picture, 'a');
    expect(acts).toEqual([]);
  });

  it('is noticed when it varies only the blockhash', () => {
    const [pdq, blockhash] = [randomHash(random), randomHash(random)];
    for (let asked = 0; asked < 100; asked++) guard.observeMatch(platform(), pdq, flipBits(blockhash, 6, random));
    expect(guard.tells(platform())).not.toBe('distances');
  });
});

describe('a viral picture', () => {
  it('that ten thousand people send in five versions raises no alert', () => {
    const picture = randomHash(random);
    const versions = [picture, ...[2, 2, 4, 4].map((bits) => flipBits(picture, bits, random))];
    for (let upload = 0; upload < 10_000; upload++) guard.observe(platform(), versions[upload % versions.length]);
    expect(acts).toEqual([]);
  });
});

describe('the guard', () => {
  it('logs its first failure and lets matching go on', () => {
    guard = guardOf({
      now: () => {
        throw new Error('no clock');
      },
    });
    probe(3);
    expect(logged.map(([, message]) => message)).toEqual(['the enumeration guard failed; matching goes on without it']);
  });

  it('alerts even if it cannot write to the audit log', async () => {
    guard = guardOf({ record: () => Promise.reject(new Error('the database is away')) });
    probe(35);
    await vi.waitFor(() => expect(logged.length).toBe(2));
    expect(guard.alerts).toBe(1);
  });

  it('counts nothing when both limits are 0', () => {
    guard = guardOf({ limits: { alertAt: 0, bandsAt: 0 } });
    probe(200);
    guard.observeMatch(platform(), randomHash(random), undefined);
    expect([acts, guard.limited]).toEqual([[], 0]);
  });
});

describe('MatchDisclosure', () => {
  const organisation: Organisation = {
    id: 'tests',
    name: 'Tests',
    kind: 'platform',
    regimes: [],
    verdictDays: 1,
    queryHours: 0,
    sharesFeedback: false,
    fetchesFrom: [],
    tells: 'distances',
    contact: null,
    version: 1,
    confirmedAt: '2026-01-01T00:00:00Z',
  };
  const near = { matchType: 'near', algorithm: 'pdq', variant: 'full', distance: 9, band: 'tight', threshold: 31 } as const;
  const how = { orientation: 'identity', negative: false, corroborated: true, action: 'remove' } as const;
  const verdict: Decision = {
    verdict: 'remove',
    reason: null,
    matches: [{ entry: 'ent_1', list: 'known', class: 'ncii_adult', ...near, ...how, transformation: null, policyVersion: 1 }],
  };
  const disclosureOf = (tells: Organisation['tells'], rights: readonly ListRight[] = ['match', 'read']) => {
    const organisationCache = new OrganisationCache();
    organisationCache.replaceAll([{ ...organisation, tells }]);
    const listCache = { rights: () => new Set(rights) };
    return new MatchDisclosure({ guard, organisationCache, listCache, key: new Uint8Array(32).fill(5) });
  };
  it('shows distances and bands to a key of full trust', () => {
    expect(disclosureOf('distances').discloseAgain(platform(), verdict).matches[0]).toMatchObject({ distance: 9, band: 'tight' });
  });

  it('rounds the distances of lists that the caller may not read, every time alike', () => {
    const shownFor = (distance: number) => {
      const [match] = verdict.matches;
      const asked = { ...verdict, matches: match ? [{ ...match, distance }] : [] };
      return Array.from(
        { length: 3 },
        () => disclosureOf('distances', ['match']).discloseAgain(platform(), asked).matches[0]?.distance,
      );
    };
    const all = Array.from({ length: 32 }, (_, distance) => shownFor(distance));
    expect(all.every((shown) => new Set(shown).size === 1)).toBe(true);
    const shown = all.map(([first]) => first ?? 0);
    expect(new Set(shown).size).toBeLessThanOrEqual(5);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    for (const [distance, one] of shown.entries()) expect(Math.abs(one - distance)).toBeLessThanOrEqual(4);
  });

  it('shows only bands to an organisation set to bands', () => {
    expect(disclosureOf('bands').discloseAgain(platform(), verdict).matches[0]).toMatchObject({ distance: null, band: 'tight' });
  });

  it('shows a key of low trust only that something matched, and what to do', () => {
    const told = disclosureOf('distances').discloseAgain(platform({ trust: 'low' }), verdict);
    expect(told).toMatchObject({ verdict: 'remove' });
    expect(told.matches).toEqual([
      {
        ...{ entry: null, band: null, distance: null, threshold: null, algorithm: null, variant: null },
        ...{ orientation: null, negative: null, corroborated: null, transformation: null },
        ...{ list: 'known', class: 'ncii_adult', matchType: 'near', action: 'remove', policyVersion: 1 },
      },
    ]);
  });

  it('shows only bands from the query that passes the limit', () => {
    const disclosure = disclosureOf('distances');
    const picture = randomHash(random);
    const told = Array.from({ length: 200 }, () => {
      const { distance } = disclosure.disclose(platform(), verdict, { pdq: flipBits(picture, 8, random) }).matches[0] ?? {};
      return [guard.tells(platform()) !== 'distances', distance];
    });
    expect(told).toContainEqual([false, 9]);
    expect(told).toContainEqual([true, null]);
    expect(told.filter(([limited, distance]) => limited === (distance !== null))).toEqual([]);
  });
});
