import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { erase, restore, withdraw } from '../../src/domain/entry-lifecycle.js';
import { actorOf, author, refusalOf, standing } from './standing-entries.js';

const second = actorOf(2, 'hotline');
const police = actorOf(3, 'police');

describe('withdraw', () => {
  const few = { lately: 0, withdrawalsAnHour: 10, listOwner: 'owner', byVictim: false, allClaims: false, claim: null };
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

  it('is also allowed to the owner of the list', () => {
    expect(withdraw(standing(), actorOf(5, 'owner'), few)).toBe('done');
    expect(refusalOf(() => restore(standing({ status: 'withdrawn' }), actorOf(5, 'owner'), 'owner'))).toBeUndefined();
  });

  it('is refused to everybody when neither entry nor list has an owner', () => {
    const nobodys = standing({ organisation: null });
    expect(refusalOf(() => withdraw(nobodys, police, { ...few, listOwner: null }))?.code).toBe('forbidden');
  });

  it('for the person depicted always stops the entry', () => {
    expect(withdraw(standing(), author, { ...many, byVictim: true })).toBe('done');
    expect(withdraw(asked, author, { ...many, byVictim: true })).toBe('done');
  });

  it('of an entry without an owner is allowed to the owner of the list', () => {
    const nobodys = standing({ organisation: null });
    expect(withdraw(nobodys, actorOf(5, 'owner'), few)).toBe('done');
    expect(refusalOf(() => withdraw(nobodys, police, few))?.code).toBe('forbidden');
  });

  it('needs a second person from the hourly limit on', () => {
    expect(withdraw(standing(), author, { ...few, lately: 9 })).toBe('done');
    expect(withdraw(standing(), author, many)).toBe('asked');
  });

  it('is completed by a second person of the organisation, not by the person who asked', () => {
    expect(refusalOf(() => withdraw(asked, actorOf(1, 'hotline', 'anotherkey00'), many))?.code).toBe('own_work');
    expect(withdraw(asked, second, many)).toBe('done');
  });

  it('of a withdrawn entry changes nothing', () => {
    expect(withdraw(standing({ status: 'withdrawn' }), author, many)).toBe('already');
  });
});

describe('an erasure', () => {
  const few = { lately: 0, withdrawalsAnHour: 10 };
  const many = { lately: 10, withdrawalsAnHour: 10 };
  const waiting = standing({ status: 'withdrawn', erasure: { by: 1, waits: true } });
  const begun = standing({ status: 'withdrawn', erasure: { by: 1, waits: false } });

  it('needs a second person from the hourly limit on, unless the command line asks for it', () => {
    expect(erase(standing(), author, { ...few, lately: 9 })).toBe('begun');
    expect(erase(standing(), author, many)).toBe('asked');
    expect(erase(standing(), setup, many)).toBe('begun');
  });

  it('is confirmed by another person, never by the one who asked, however few they withdrew meanwhile', () => {
    for (const context of [few, many]) {
      expect(refusalOf(() => erase(waiting, actorOf(1, 'hotline', 'anotherkey00'), context))?.code).toBe('own_work');
      expect(erase(waiting, second, context)).toBe('confirmed');
    }
  });

  it('that waits for nobody is not asked for again', () => {
    for (const actor of [author, second]) expect(erase(begun, actor, many)).toBe('already');
  });

  it('is undone by another person or the owner of the list, not by the person who asked', () => {
    for (const asked of [waiting, begun]) {
      expect(refusalOf(() => restore(asked, author, 'owner'))?.code).toBe('own_work');
      expect(refusalOf(() => restore(asked, police, 'owner'))?.code).toBe('forbidden');
      for (const actor of [second, actorOf(5, 'owner'), setup])
        expect(refusalOf(() => restore(asked, actor, 'owner'))).toBeUndefined();
    }
  });
});
