/**
 * How an entry stands, in one byte, as the index holds it for each of millions: bits 0-1 status, 2-4 people who confirmed it (7: seven or
 * more), 5-7 their organisations.
 */
declare const brand: unique symbol;
export type Standing = number & { readonly [brand]: 'standing' };

/** What matches. A withdrawn entry is in no index. */
export const matchingStatuses = ['draft', 'verified', 'disputed', 'quarantined'] as const;
export type MatchingStatus = (typeof matchingStatuses)[number];

/** Confirmations that an entry of a list needs before it may remove anything; who enrolled it is none of them. */
export interface Requirement {
  readonly people: number;
  readonly organisations: number;
}

/** More than any list may require. */
const maxCounted = 7;

export function standingOf(status: MatchingStatus, people: number, organisations: number): Standing {
  const counted = (count: number) => Math.min(count, maxCounted);
  // A byte by construction, which is what the brand says.
  return (matchingStatuses.indexOf(status) | (counted(people) << 2) | (counted(organisations) << 5)) as Standing;
}

export function statusOf(standing: Standing): MatchingStatus {
  return matchingStatuses[standing & 3] ?? 'draft';
}

/** Confirmed as the list requires today, whatever happened to it since. */
export function isConfirmed(standing: Standing, { people, organisations }: Requirement): boolean {
  return (standing & 3) !== 0 && ((standing >> 2) & 7) >= people && standing >> 5 >= organisations;
}

/** Confirmed, and neither disputed nor quarantined. */
export function isVerified(standing: Standing, requirement: Requirement): boolean {
  return (standing & 3) === 1 && isConfirmed(standing, requirement);
}
