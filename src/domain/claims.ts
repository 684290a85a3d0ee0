/** Each organisation that lists content has its own claim on the entry (docs/decisions/0024-claims.md). */
import type { Actor } from './actor.js';
import type { Entry } from './entry.js';
import { VigieError } from './errors.js';

export interface ClaimUnderReview {
  readonly id: string;
  /** Null: built in. */
  readonly organisation: string | null;
  /** Null: the service or the command line. */
  readonly person: number | null;
  /** `expired`: its time is over, and the job that ends it comes within seconds. */
  readonly state: 'open' | 'expired' | 'ended' | 'ended_with_entry';
}

export interface ClaimedEntry {
  readonly entry: Entry;
  /** All that there ever were, at least one. */
  readonly claims: readonly ClaimUnderReview[];
}

export interface EndingContext {
  readonly listOwner: string | null;
  /** The person depicted asked for it, whoever has a claim. */
  readonly byVictim: boolean;
  /** The owner of the list withdraws the entry, whoever has a claim. */
  readonly allClaims: boolean;
  /** The only claim to end; null: all of the organisation. */
  readonly claim: string | null;
}

/**
 * Decides which claims a withdrawal ends.
 *
 * @returns `all`: the entry is withdrawn; no ids: they had ended before
 * @throws VigieError `forbidden`, `not_found`
 */
export function claimsToEnd(claimed: ClaimedEntry, actor: Actor, context: EndingContext): 'all' | readonly string[] {
  const ending = chosen(claimed, actor, context);
  if (ending === 'all') return 'all';
  const remain = claimed.claims.some((claim) => claim.state === 'open' && !ending.includes(claim));
  const ids = ending.filter(isHeld).map(({ id }) => id);
  return remain || ids.length === 0 ? ids : 'all';
}

function chosen({ entry, claims }: ClaimedEntry, actor: Actor, context: EndingContext): 'all' | readonly ClaimUnderReview[] {
  const { listOwner, byVictim, allClaims, claim: id } = context;
  const isOwner = actor.via !== 'key' || (actor.organisation !== null && actor.organisation === listOwner);
  const own = claims.filter(({ organisation }) => organisation === actor.organisation);
  if (id !== null) {
    const named = (isOwner ? claims : own).filter((claim) => claim.id === id);
    if (named.length > 0) return named;
    throw new VigieError('not_found', `entry ${entry.id} has no claim "${id}" of your organisation`);
  }
  if (byVictim) return 'all';
  if (allClaims && !isOwner) {
    throw new VigieError('forbidden', `allClaims: only the owner of list "${entry.list}" ends the claims of other organisations`);
  }
  // An owner of the list that had a claim and ended it must not end those of others when it repeats its request.
  return allClaims || actor.via !== 'key' || own.length === 0 ? 'all' : own;
}

/** Has a claim that is not over, or that the withdrawal of the entry ended. */
export function holdsClaim(claims: readonly ClaimUnderReview[], organisation: string | null): boolean {
  return claims.some((claim) => claim.organisation === organisation && claim.state !== 'ended');
}

export function hadClaim(claims: readonly ClaimUnderReview[], organisation: string | null): boolean {
  return claims.some((claim) => claim.organisation === organisation);
}

function isHeld({ state }: ClaimUnderReview): boolean {
  return state === 'open' || state === 'expired';
}
