import { describe, expect, it } from 'vitest';
import { hindranceOf, statusesOf } from '../../src/domain/review-queue.js';

const draft = { status: 'draft', isConfirmed: false } as const;
const nobody = { mayVerify: true, ownWork: false, confirmedByMe: false };

describe('a person may decide about an entry', () => {
  it.each([
    ['unless their organisation has no right', { mayVerify: false }, 'no_right'],
    ['unless it is their own work', { ownWork: true }, 'own_work'],
    ['unless they have confirmed it', { confirmedByMe: true }, 'already_confirmed'],
    ['otherwise', {}, null],
  ])('%s', (_when, changes, expected) => {
    expect(hindranceOf(draft, { ...nobody, ...changes })).toBe(expected);
  });

  it('that they have confirmed, if it was lowered later', () => {
    const confirmed = { ...nobody, confirmedByMe: true };
    expect(hindranceOf({ status: 'quarantined', isConfirmed: true }, confirmed)).toBeNull();
    expect(hindranceOf({ status: 'disputed', isConfirmed: true }, confirmed)).toBeNull();
    expect(hindranceOf({ status: 'disputed', isConfirmed: false }, confirmed)).toBe('already_confirmed');
  });
});

it('a quarantined entry never waits for a confirmation', () => {
  expect(statusesOf('waiting_for_me')).toEqual(['draft', 'disputed']);
});
