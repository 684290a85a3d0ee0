/** Who uses the service: platforms that match, hotlines and police that list, operators that run it. */

export const organisationKinds = ['platform', 'hotline', 'police', 'helpline', 'operator'] as const;
export type OrganisationKind = (typeof organisationKinds)[number];

/** Whether verdicts tell an organisation how near a match is, in bits, or only which of its list's two distances it keeps. */
export const tellings = ['distances', 'bands'] as const;
export type Telling = (typeof tellings)[number];

/** What an organisation chooses for itself. */
export interface OrganisationSettings {
  /** Ids of legal regimes whose clocks run for it (domain/regimes.ts); none unless it says so. */
  readonly regimes: readonly string[];
  /** Days that its verdicts are kept. */
  readonly verdictDays: number;
  /** Hours that hashes of its queries are kept for previews of new entries; 0: never. */
  readonly queryHours: number;
  readonly tells: Telling;
}

/**
 * Settings that `next` makes looser than they were: fewer regimes, verdicts kept for a shorter time, more told. A machine's key may only
 * tighten them; `queryHours` is an organisation's own choice both ways.
 */
export function loosened(standing: OrganisationSettings, next: OrganisationSettings): (keyof OrganisationSettings)[] {
  const loose: (keyof OrganisationSettings)[] = [];
  if (standing.regimes.some((id) => !next.regimes.includes(id))) loose.push('regimes');
  if (next.verdictDays < standing.verdictDays) loose.push('verdictDays');
  if (standing.tells === 'bands' && next.tells === 'distances') loose.push('tells');
  return loose;
}

export interface NewOrganisation {
  readonly id: string;
  readonly name: string;
  readonly kind: OrganisationKind;
}

export interface Organisation extends NewOrganisation, OrganisationSettings {
  /** Null: it waits for a second operator, and its keys open nothing. */
  readonly confirmedAt: string | null;
}

/** A name as it is compared: without case, accents, spaces and punctuation, so that other spellings are the same organisation. */
export function spellingOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, '');
}
