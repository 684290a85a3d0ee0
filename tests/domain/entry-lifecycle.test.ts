import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actor, setup, system } from '../../src/domain/actor.js';
import { type EntryStatus, entryStatuses } from '../../src/domain/entry.js';
import {
  confirm,
  countsWith,
  dispute,
  disputeByFeedback,
  type EntryUnderReview,
  quarantine,
  reject,
  release,
  restore,
  type Transition,
  withdraw,
} from '../../src/domain/entry-lifecycle.js';
import { actorOf, author, changedBy, entryId, refusalOf, standing } from './standing-entries.js';

const second = actorOf(2, 'hotline');
const police = actorOf(3, 'police');
const twoOfTwo = { people: 2, organisations: 2 };
const bySecond = { person: 2, organisation: 'hotline' };
const byPolice = { person: 3, organisation: 'police' };

type Deed = (standing: EntryUnderReview, actor: Actor) => Transition;
const deeds: Readonly<
  Record<string, { readonly deed: Deed; readonly participle: string; readonly from: readonly EntryStatus[] }>
> = {
  confirm: { deed: confirm, participle: 'confirmed', from: ['draft', 'verified', 'disputed'] },
  reject: { deed: reject, participle: 'rejected', from: ['draft'] },
  dispute: { deed: dispute, participle: 'disputed', from: ['draft', 'verified', 'disputed', 'quarantined'] },
  release: { deed: release, participle: 'released', from: ['disputed', 'quarantined'] },
};
const refused = Object.entries(deeds).flatMap(([name, { deed, participle, from }]) =>
  entryStatuses.filter((status) => !from.includes(status)).map((status) => ({ name, deed, participle, status })),
);
const allowed = Object.entries(deeds).flatMap(([name, { deed, from }]) => from.map((status) => ({ name, deed, status })));

describe('a transition', () => {
  it.each(refused)('is a conflict that names the state: $name of what is $status', ({ deed, participle, status }) => {
    const refusal = refusalOf(() => deed(standing({ status, confirmations: [bySecond] }), police));
    expect(refusal).toMatchObject({ code: 'conflict' });
    expect(refusal?.message).toContain(`entry ${entryId} is ${status}: it cannot be ${participle}`);
  });

  it.each(allowed)('is allowed: $name of what is $status', ({ deed, status }) => {
    expect(refusalOf(() => deed(standing({ status, confirmations: [bySecond] }), police))).toBeUndefined();
  });

  it('is a conflict that names the state: restore of what is not withdrawn', () => {
    for (const status of entryStatuses.filter((one) => one !== 'withdrawn')) {
      const refusal = refusalOf(() => restore(standing({ status }), author, null));
      expect(refusal?.message).toContain(`is ${status}: it cannot be restored`);
    }
  });
});

describe('own work', () => {
  const cases = allowed.filter(({ name }) => name !== 'dispute');

  it.each(cases)('is refused to its author: $name of what is $status', ({ deed, status }) => {
    expect(refusalOf(() => deed(standing({ status, confirmations: [bySecond] }), author))).toMatchObject({ code: 'own_work' });
  });

  it.each(cases)('is refused to its author by another key, and in another organisation: $name of $status', ({ deed, status }) => {
    const sameByAnotherKey = actorOf(1, 'police', 'anotherkey00');
    expect(refusalOf(() => deed(standing({ status, confirmations: [bySecond] }), sameByAnotherKey))?.code).toBe('own_work');
  });

  it('may be disputed by its author', () => {
    expect(dispute(standing({ status: 'verified', confirmations: [bySecond] })).to).toBe('disputed');
  });

  it.each([setup, system])('is confirmed by no machine ($via)', (machine) => {
    expect(refusalOf(() => confirm(standing({ author: null }), machine))?.code).toBe('own_work');
  });
});

describe('confirm', () => {
  it('makes an entry verified once as many people as its list asks for stand behind it', () => {
    const once = changedBy(standing({ requirement: twoOfTwo }), confirm(standing({ requirement: twoOfTwo }), second));
    expect(once.entry.status).toBe('draft');
    expect(confirm(once, police)).toMatchObject({ to: 'verified', confirmation: byPolice });
  });

  it('does not count a person twice', () => {
    const once = standing({ requirement: twoOfTwo, confirmations: [bySecond] });
    const refusal = refusalOf(() => confirm(once, actorOf(2, 'hotline', 'anotherkey00')));
    expect(refusal?.code).toBe('conflict');
    expect(refusal?.message).toContain('it is draft');
  });

  it('counts an organisation once', () => {
    const once = standing({ requirement: twoOfTwo, confirmations: [bySecond] });
    const third = { person: 4, organisation: 'hotline' };
    expect(countsWith(once, third)).toEqual({ people: 2, organisations: 1 });
    expect(confirm(once, actorOf(4, 'hotline')).to).toBe('draft');
    expect(countsWith(once, byPolice)).toEqual({ people: 2, organisations: 2 });
  });

  it('leaves a disputed entry disputed until enough have looked again', () => {
    const disputed = standing({ status: 'disputed', requirement: twoOfTwo });
    const once = changedBy(disputed, confirm(disputed, second));
    expect(once.entry.status).toBe('disputed');
    expect(confirm(once, police).to).toBe('verified');
  });

  it('adds to what entries of before people had names were counted by', () => {
    const old = standing({ status: 'verified', requirement: twoOfTwo, counted: twoOfTwo });
    expect(countsWith(old, bySecond)).toEqual({ people: 3, organisations: 2 });
  });
});

describe('a doubt', () => {
  const verified = standing({ status: 'verified', requirement: twoOfTwo, confirmations: [bySecond, byPolice] });

  it.each([
    ['dispute', dispute(verified)],
    ['reject', reject(standing({ requirement: twoOfTwo, confirmations: [bySecond] }), police)],
  ])('of a person voids every confirmation: %s', (_, doubt) => {
    const doubted = changedBy(verified, doubt);
    expect(doubted).toMatchObject({
      confirmations: [],
      entry: { status: 'disputed', verification: { people: 0, organisations: 0 } },
    });
    expect(refusalOf(() => release(doubted, police))?.message).toContain('is disputed: it cannot be released');
  });

  it('of a person is a conflict where one was heard already', () => {
    const refusal = refusalOf(() => dispute(changedBy(verified, dispute(verified))));
    expect(refusal?.message).toContain('is disputed: it cannot be disputed');
  });

  it('of a person voids what platforms only lowered', () => {
    const byPlatforms = standing({ status: 'disputed', requirement: twoOfTwo, confirmations: [bySecond, byPolice] });
    expect(changedBy(byPlatforms, dispute(byPlatforms)).entry.verification).toMatchObject({ people: 0, organisations: 0 });
  });

  it.each(['draft', 'verified', 'disputed', 'quarantined'] as const)(
    'of a person leaves a draft where the list asks for nobody, so that nothing counts as confirmed: %s',
    (status) => {
      const unasked = standing({ status, requirement: { people: 0, organisations: 0 } });
      const draft = changedBy(unasked, dispute(unasked));
      expect(draft.entry.status).toBe('draft');
      expect(refusalOf(() => confirm(draft, author))?.code).toBe('own_work');
      expect(confirm(draft, police).to).toBe('verified');
    },
  );

  it('of who rejects a draft leaves a draft where the list asks for nobody', () => {
    expect(reject(standing({ requirement: { people: 0, organisations: 0 } }), police).to).toBe('draft');
  });

  it.each([
    ['disputed', disputeByFeedback],
    ['quarantined', quarantine],
  ] as const)('of the service keeps them: %s', (status, lower) => {
    const transition = lower(verified);
    if (!transition) throw new Error('a verified entry can be lowered');
    const lowered = changedBy(verified, transition);
    expect(lowered).toMatchObject({ confirmations: [bySecond, byPolice], entry: { status, verification: twoOfTwo } });
    expect(release(lowered, police)).toMatchObject({ to: 'verified', confirmation: null });
  });

  it('of the service lowers nothing but verified entries', () => {
    for (const status of entryStatuses.filter((one) => one !== 'verified')) {
      expect([disputeByFeedback(standing({ status })), quarantine(standing({ status }))]).toEqual([undefined, undefined]);
    }
  });
});

describe('release', () => {
  it.each([
    { people: 1, organisations: 1 },
    { people: 2, organisations: 1 },
    { people: 0, organisations: 0 },
  ])('is refused where %j are counted and the list asks for two of two', (counted) => {
    const lowered = standing({ status: 'quarantined', requirement: twoOfTwo, counted });
    expect(refusalOf(() => release(lowered, police))?.code).toBe('conflict');
  });
});

describe('withdraw', () => {
  const few = { lately: 0, withdrawalsAnHour: 10, listOwner: 'owner', byVictim: false };
  const many = { ...few, lately: 10 };
  const asked = standing({
    status: 'verified',
    withdrawal: { reason: 'a mistake', requestedAt: '2026-01-02T03:04:05.000Z' },
    withdrawalBy: 1,
  });

  it('is done at once by the owning organisation', () => {
    expect(withdraw(standing(), second, few)).toBe('done');
  });

  it('is refused to every other organisation', () => {
    expect(refusalOf(() => withdraw(standing(), police, few))?.code).toBe('forbidden');
    expect(refusalOf(() => withdraw(asked, police, many))?.code).toBe('forbidden');
    expect(refusalOf(() => withdraw(standing(), police, { ...few, byVictim: true }))?.code).toBe('forbidden');
    expect(refusalOf(() => restore(standing({ status: 'withdrawn' }), police, 'owner'))?.code).toBe('forbidden');
  });

  it('is also for whose list it is, who answers for everything on it', () => {
    expect(withdraw(standing(), actorOf(5, 'owner'), few)).toBe('done');
    expect(refusalOf(() => restore(standing({ status: 'withdrawn' }), actorOf(5, 'owner'), 'owner'))).toBeUndefined();
  });

  it("is for nobody where neither entry nor list is anybody's", () => {
    const nobodys = standing({ organisation: null });
    expect(refusalOf(() => withdraw(nobodys, police, { ...few, listOwner: null }))?.code).toBe('forbidden');
  });

  it('for a victim makes nobody wait', () => {
    expect(withdraw(standing(), author, { ...many, byVictim: true })).toBe('done');
    expect(withdraw(asked, author, { ...many, byVictim: true })).toBe('done');
  });

  it("is the list owner's of what belongs to nobody", () => {
    const nobodys = standing({ organisation: null });
    expect(withdraw(nobodys, actorOf(5, 'owner'), few)).toBe('done');
    expect(refusalOf(() => withdraw(nobodys, police, few))?.code).toBe('forbidden');
  });

  it('asks for a second person from the hourly number on', () => {
    expect(withdraw(standing(), author, { ...few, lately: 9 })).toBe('done');
    expect(withdraw(standing(), author, many)).toBe('asked');
  });

  it('is completed by a second person of the organisation, and not by who asked', () => {
    expect(refusalOf(() => withdraw(asked, actorOf(1, 'hotline', 'anotherkey00'), many))?.code).toBe('own_work');
    expect(withdraw(asked, second, many)).toBe('done');
  });

  it('of what is withdrawn changes nothing', () => {
    expect(withdraw(standing({ status: 'withdrawn' }), author, many)).toBe('already');
  });
});

describe('one person alone', () => {
  const lists = fc.constantFrom({ people: 1, organisations: 1 }, { people: 2, organisations: 1 }, twoOfTwo);
  const acts = fc.array(fc.constantFrom(...Object.values(deeds).map(({ deed }) => deed)), { maxLength: 12 });
  const statuses = fc.constantFrom(...entryStatuses.filter((status) => status !== 'verified'));
  const confirmed = fc.subarray([bySecond, byPolice, { person: 4, organisation: 'police' }]);

  /** Every status the entry passes through while the person does what can be done. */
  function statusesOf(start: EntryUnderReview, actor: Actor, sequence: readonly Deed[]): readonly EntryStatus[] {
    let current = start;
    return sequence.map((deed) => {
      refusalOf(() => {
        current = changedBy(current, deed(current, actor));
      });
      return current.entry.status;
    });
  }

  it('never makes their own work verified, from any state', () => {
    fc.assert(
      fc.property(statuses, confirmed, lists, acts, (status, confirmations, requirement, sequence) => {
        const start = standing({ status, confirmations, requirement });
        return !statusesOf(start, author, sequence).includes('verified');
      }),
      { numRuns: 1_000 },
    );
  });

  it('never makes an entry of others verified that nobody stands behind, where two must', () => {
    fc.assert(
      fc.property(statuses, fc.constantFrom(twoOfTwo, { people: 2, organisations: 1 }), acts, (status, requirement, sequence) => {
        return !statusesOf(standing({ status, requirement }), police, sequence).includes('verified');
      }),
      { numRuns: 1_000 },
    );
  });
});
