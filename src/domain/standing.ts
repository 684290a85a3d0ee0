declare const brand: unique symbol;
/** Status and confirmations of an entry in one byte: bits 0-1 status, 2-4 people (7: seven or more), 5-7 organisations. */
export type Standing = number & { readonly [brand]: 'standing' };

/** Withdrawn entries never match and are in no index. */
export const matchingStatuses = ['draft', 'verified', 'disputed', 'quarantined'] as const;
export type MatchingStatus = (typeof matchingStatuses)[number];

/** Confirmations an entry needs before it may remove. Its author does not count. */
export interface Requirement {
  readonly people: number;
  readonly organisations: number;
}

const maxCounted = 7;

export function standingOf(status: MatchingStatus, people: number, organisations: number): Standing {
  const counted = (count: number) => Math.min(count, maxCounted);
  return (matchingStatuses.indexOf(status) | (counted(people) << 2) | (counted(organisations) << 5)) as Standing;
}

export function statusOf(standing: Standing): MatchingStatus {
  return matchingStatuses[standing & 3] ?? 'draft';
}

/** Even if it was disputed or quarantined later. */
export function isConfirmed(standing: Standing, { people, organisations }: Requirement): boolean {
  return (standing & 3) !== 0 && ((standing >> 2) & 7) >= people && standing >> 5 >= organisations;
}

export function isVerified(standing: Standing, requirement: Requirement): boolean {
  return (standing & 3) === 1 && isConfirmed(standing, requirement);
}
