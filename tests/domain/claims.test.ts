import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { type ClaimUnderReview, claimsToEnd } from '../../src/domain/claims.js';
import { confirm, restore, withdraw } from '../../src/domain/entry-lifecycle.js';
import { actorOf, author, claimOf, refusalOf, standing } from './standing-entries.js';

const idOf = (digit: string) => `clm_${digit.repeat(32)}`;
const ours = claimOf('hotline', 1, { id: idOf('1') });
const second = claimOf('hotline', 2, { id: idOf('2') });
const theirs = claimOf('police', 3, { id: idOf('3') });
const police = actorOf(3, 'police');
const owner = actorOf(5, 'owner');
const plain = { listOwner: 'owner', byVictim: false, allClaims: false, claim: null };
const context = { ...plain, lately: 0, withdrawalsAnHour: 10 };
const shared = standing({ status: 'verified', claims: [ours, second, theirs] });

describe('a withdrawal of shared content', () => {
  it('ends all claims of the organisation, and only those', () => {
    expect(claimsToEnd(shared, author, plain)).toEqual([ours.id, second.id]);
    expect(claimsToEnd(shared, police, plain)).toEqual([theirs.id]);
    expect(withdraw(shared, author, context)).toBe('claims');
  });

  it('ends the named claim only', () => {
    expect(claimsToEnd(shared, author, { ...plain, claim: second.id })).toEqual([second.id]);
    expect(refusalOf(() => claimsToEnd(shared, author, { ...plain, claim: theirs.id }))?.code).toBe('not_found');
    expect(claimsToEnd(shared, owner, { ...plain, claim: theirs.id })).toEqual([theirs.id]);
  });

  it('is never asked of a second person', () => {
    expect(withdraw(shared, author, { ...context, lately: 10 })).toBe('claims');
  });

  it('withdraws the entry with the last claim that lasts', () => {
    for (const state of ['expired', 'ended'] as const) {
      const left = standing({ claims: [ours, { ...theirs, state }] });
      expect(claimsToEnd(left, author, plain)).toBe('all');
      expect(withdraw(left, author, { ...context, lately: 10 })).toBe('asked');
    }
  });

  it('changes nothing once the claims of the organisation have ended', () => {
    const ended = standing({ claims: [{ ...ours, state: 'ended' }, theirs] });
    expect(claimsToEnd(ended, author, plain)).toEqual([]);
    expect(withdraw(ended, author, context)).toBe('already');
    expect(withdraw(ended, author, { ...context, claim: ours.id })).toBe('already');
  });

  it('for the person depicted ends all, for each organisation that has a claim', () => {
    for (const actor of [author, police, owner]) expect(withdraw(shared, actor, { ...context, byVictim: true })).toBe('done');
    const ended = standing({ claims: [{ ...ours, state: 'ended' }, theirs] });
    expect(refusalOf(() => withdraw(ended, author, { ...context, byVictim: true }))?.code).toBe('forbidden');
  });
});

describe('the owner of the list', () => {
  it('ends all claims if it never had one, or says so', () => {
    expect(claimsToEnd(shared, owner, plain)).toBe('all');
    const own = claimOf('owner', 5, { id: idOf('5') });
    for (const claim of [own, { ...own, state: 'ended' } as const]) {
      const claimed = standing({ claims: [theirs, claim] });
      expect(claimsToEnd(claimed, owner, plain)).toEqual(claim.state === 'open' ? [own.id] : []);
      expect(claimsToEnd(claimed, owner, { ...plain, allClaims: true })).toBe('all');
    }
  });

  it('alone may end the claims of others', () => {
    expect(refusalOf(() => claimsToEnd(shared, author, { ...plain, allClaims: true }))?.code).toBe('forbidden');
    expect(claimsToEnd(shared, setup, plain)).toBe('all');
  });
});

describe('a withdrawn entry', () => {
  const withdrawn = (state: ClaimUnderReview['state']) =>
    standing({
      status: 'withdrawn',
      claims: [
        { ...ours, state },
        { ...theirs, state: 'ended_with_entry' },
      ],
    });

  it('is restored by the organisations whose claims ended with it', () => {
    expect(refusalOf(() => restore(withdrawn('ended_with_entry'), author, 'owner'))).toBeUndefined();
    expect(refusalOf(() => restore(withdrawn('ended'), author, 'owner'))?.code).toBe('forbidden');
    expect(refusalOf(() => restore(withdrawn('ended'), police, 'owner'))).toBeUndefined();
  });
});

describe('own work', () => {
  it('is what a person has or had a claim on', () => {
    for (const state of ['open', 'ended'] as const) {
      const draft = standing({ claims: [ours, { ...theirs, state }] });
      expect(refusalOf(() => confirm(draft, police))?.code).toBe('own_work');
      expect(confirm(draft, actorOf(4, 'police')).to).toBe('verified');
    }
  });
});

describe('one organisation', () => {
  const states = fc.constantFrom<ClaimUnderReview['state']>('open', 'expired', 'ended');
  const claims = fc.array(fc.tuple(fc.constantFrom('hotline', 'police'), states), { minLength: 1, maxLength: 6 });

  it('never ends an open claim of another without the word of the person depicted or the owner of the list', () => {
    fc.assert(
      fc.property(claims, fc.option(fc.nat({ max: 5 })), (made, named) => {
        const all = made.map(([organisation, state], at) => claimOf(organisation, 1, { id: idOf(String(at)), state }));
        const claimed = standing({ claims: all });
        let ending: ReturnType<typeof claimsToEnd> = [];
        const refusal = refusalOf(() => {
          const claim = named === null ? null : idOf(String(named));
          if (all.some(({ organisation }) => organisation === 'hotline'))
            ending = claimsToEnd(claimed, author, { ...plain, claim });
        });
        const ended = (claim: ClaimUnderReview) => ending === 'all' || ending.includes(claim.id);
        return (
          refusal !== undefined || !all.some((claim) => claim.organisation === 'police' && claim.state === 'open' && ended(claim))
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
