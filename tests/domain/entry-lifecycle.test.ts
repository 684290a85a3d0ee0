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
  it.each(refused)('is a conflict that names the state: $name an entry that is $status', ({ deed, participle, status }) => {
    const refusal = refusalOf(() => deed(standing({ status, confirmations: [bySecond] }), police));
    expect(refusal).toMatchObject({ code: 'conflict' });
    expect(refusal?.message).toContain(`entry ${entryId} is ${status}: it cannot be ${participle}`);
  });

  it.each(allowed)('is allowed: $name an entry that is $status', ({ deed, status }) => {
    expect(refusalOf(() => deed(standing({ status, confirmations: [bySecond] }), police))).toBeUndefined();
  });

  it('is a conflict that names the state: restore an entry that is not withdrawn', () => {
    for (const status of entryStatuses.filter((one) => one !== 'withdrawn')) {
      const refusal = refusalOf(() => restore(standing({ status }), author, null));
      expect(refusal?.message).toContain(`is ${status}: it cannot be restored`);
    }
  });
});

describe('own work', () => {
  const cases = allowed.filter(({ name }) => name !== 'dispute');

  it.each(cases)('is refused to the author: $name an entry that is $status', ({ deed, status }) => {
    expect(refusalOf(() => deed(standing({ status, confirmations: [bySecond] }), author))).toMatchObject({ code: 'own_work' });
  });

  it.each(cases)(
    'is refused to the author with another key and in another organisation: $name an entry that is $status',
    ({ deed, status }) => {
      const sameByAnotherKey = actorOf(1, 'police', 'anotherkey00');
      expect(refusalOf(() => deed(standing({ status, confirmations: [bySecond] }), sameByAnotherKey))?.code).toBe('own_work');
    },
  );

  it('may be disputed by the author', () => {
    expect(dispute(standing({ status: 'verified', confirmations: [bySecond] })).to).toBe('disputed');
  });

  it.each([setup, system])('is never confirmed without a person ($via)', (machine) => {
    expect(refusalOf(() => confirm(standing({ author: null }), machine))?.code).toBe('own_work');
  });
});

describe('confirm', () => {
  it('makes an entry verified once as many people as its list requires have confirmed it', () => {
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

  it('leaves a disputed entry disputed until enough people have confirmed it again', () => {
    const disputed = standing({ status: 'disputed', requirement: twoOfTwo });
    const once = changedBy(disputed, confirm(disputed, second));
    expect(once.entry.status).toBe('disputed');
    expect(confirm(once, police).to).toBe('verified');
  });

  it('adds to the counts of entries of early versions', () => {
    const old = standing({ status: 'verified', requirement: twoOfTwo, counted: twoOfTwo });
    expect(countsWith(old, bySecond)).toEqual({ people: 3, organisations: 2 });
  });
});

describe('a doubt', () => {
  const verified = standing({ status: 'verified', requirement: twoOfTwo, confirmations: [bySecond, byPolice] });

  it.each([
    ['dispute', dispute(verified)],
    ['reject', reject(standing({ requirement: twoOfTwo, confirmations: [bySecond] }), police)],
  ])('by a person ends every confirmation: %s', (_, doubt) => {
    const doubted = changedBy(verified, doubt);
    expect(doubted).toMatchObject({
      confirmations: [],
      entry: { status: 'disputed', verification: { people: 0, organisations: 0 } },
    });
    expect(refusalOf(() => release(doubted, police))?.message).toContain('is disputed: it cannot be released');
  });

  it('by a person is a conflict when another person has doubted already', () => {
    const refusal = refusalOf(() => dispute(changedBy(verified, dispute(verified))));
    expect(refusal?.message).toContain('is disputed: it cannot be disputed');
  });

  it('by a person ends the confirmations of an entry that feedback disputed', () => {
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

  it('that rejects a draft leaves a draft where the list requires nobody', () => {
    expect(reject(standing({ requirement: { people: 0, organisations: 0 } }), police).to).toBe('draft');
  });

  it.each([
    ['disputed', disputeByFeedback],
    ['quarantined', quarantine],
  ] as const)('by the service keeps the confirmations: %s', (status, lower) => {
    const transition = lower(verified);
    if (!transition) throw new Error('a verified entry can be lowered');
    const lowered = changedBy(verified, transition);
    expect(lowered).toMatchObject({ confirmations: [bySecond, byPolice], entry: { status, verification: twoOfTwo } });
    expect(release(lowered, police)).toMatchObject({ to: 'verified', confirmation: null });
  });

  it('by the service lowers only verified entries', () => {
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
  ])('is refused at %j confirmations when the list requires two people of two organisations', (counted) => {
    const lowered = standing({ status: 'quarantined', requirement: twoOfTwo, counted });
    expect(refusalOf(() => release(lowered, police))?.code).toBe('conflict');
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

  it('never makes an unconfirmed entry of others verified when the list requires two', () => {
    fc.assert(
      fc.property(statuses, fc.constantFrom(twoOfTwo, { people: 2, organisations: 1 }), acts, (status, requirement, sequence) => {
        return !statusesOf(standing({ status, requirement }), police, sequence).includes('verified');
      }),
      { numRuns: 1_000 },
    );
  });
});
