import { beforeEach, describe, expect, it, vi } from 'vitest';
import { system } from '../../../src/domain/actor.js';
import type { Act } from '../../../src/domain/audit-act.js';
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
  for (let asked = 0; asked < count; asked++) guard.observe(caller, flipBits(of, 8, random));
  return of;
}

describe('a key that asks for near variants of one picture', () => {
  it('raises one alert, in the log and in the audit log, without a hash', () => {
    probe(50);
    probe(50);
    const detail = { organisation: 'tests', variants: 20, told: 'distances' };
    expect(acts).toEqual([{ actor: system, act: 'key.alert', subject: 'testplatform', detail }]);
    expect(logged).toEqual([[{ key: 'testplatform', ...detail }, 'a key asks for many near variants of one picture']]);
    expect([guard.alerts, guard.isLimited('testplatform')]).toEqual([1, false]);
  });

  it('is limited for an hour after its last probe', () => {
    const picture = probe(200);
    expect([guard.isLimited('testplatform'), guard.limited]).toEqual([true, 1]);
    expect(acts.map(({ act, detail }) => [act, detail.told])).toEqual([
      ['key.alert', 'distances'],
      ['key.limit', 'bands'],
    ]);
    now = 30 * 60_000;
    probe(200, platform(), picture);
    now = 89 * 60_000;
    expect(guard.isLimited('testplatform')).toBe(true);
    now = 91 * 60_000;
    expect([guard.isLimited('testplatform'), guard.limited]).toEqual([false, 0]);
  });

  it('does not limit other keys', () => {
    const picture = probe(200);
    guard.observe(platform({ key: 'another' }), picture);
    expect(guard.isLimited('another')).toBe(false);
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
    probe(50);
    await vi.waitFor(() => expect(logged.length).toBe(2));
    expect(guard.alerts).toBe(1);
  });

  it('counts nothing when both limits are 0', () => {
    guard = guardOf({ limits: { alertAt: 0, bandsAt: 0 } });
    probe(200);
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
    tells: 'distances',
    version: 1,
    confirmedAt: '2026-01-01T00:00:00Z',
  };
  const near = { matchType: 'near', algorithm: 'pdq', variant: 'full', distance: 9, band: 'tight', threshold: 31 } as const;
  const how = { orientation: 'identity', negative: false, corroborated: true, action: 'remove', policyVersion: 1 } as const;
  const verdict: Decision = {
    verdict: 'remove',
    reason: null,
    matches: [{ entry: 'ent_1', list: 'known', class: 'ncii_adult', ...near, ...how }],
  };
  const disclosureOf = (tells: Organisation['tells']) => {
    const organisationCache = new OrganisationCache();
    organisationCache.replaceAll([{ ...organisation, tells }]);
    return new MatchDisclosure({ guard, organisationCache });
  };
  const distanceShown = (disclosure: MatchDisclosure, caller = platform()) =>
    disclosure.discloseAgain(caller, verdict).matches[0]?.distance;

  it('shows distances and bands to a key of full trust', () => {
    expect(disclosureOf('distances').discloseAgain(platform(), verdict).matches[0]).toMatchObject({ distance: 9, band: 'tight' });
  });

  it('shows only bands to a key of low trust, and to an organisation set to bands', () => {
    expect(distanceShown(disclosureOf('distances'), platform({ trust: 'low' }))).toBeNull();
    expect(distanceShown(disclosureOf('bands'))).toBeNull();
  });

  it('shows only bands from the query that passes the limit', () => {
    const disclosure = disclosureOf('distances');
    const picture = randomHash(random);
    const told = Array.from({ length: 200 }, () => {
      const { distance } = disclosure.disclose(platform(), verdict, flipBits(picture, 8, random)).matches[0] ?? {};
      return [guard.isLimited('testplatform'), distance];
    });
    expect(told).toContainEqual([false, 9]);
    expect(told).toContainEqual([true, null]);
    expect(told.filter(([limited, distance]) => limited === (distance !== null))).toEqual([]);
  });
});
