import { widenedBy } from './fetch-sources.js';

export const organisationKinds = ['platform', 'hotline', 'police', 'helpline', 'operator'] as const;
export type OrganisationKind = (typeof organisationKinds)[number];

/** What verdicts show of how near a match is. */
export const tellings = ['distances', 'bands'] as const;
export type Telling = (typeof tellings)[number];

export interface OrganisationSettings {
  /** Ids of the regimes it switched on. */
  readonly regimes: readonly string[];
  readonly verdictDays: number;
  /** Hours its queries are kept for previews of new entries; 0: never. */
  readonly queryHours: number;
  readonly tells: Telling;
  /** Whom to ask about its entries. Null: nobody is named. */
  readonly contact: string | null;
  /** Whether its feedback goes back to the exchanges that the records came from. */
  readonly sharesFeedback: boolean;
  /** Hosts that images may be fetched from for it. Empty: none. */
  readonly fetchesFrom: readonly string[];
}

/** Only an operator may loosen settings. `queryHours` and `sharesFeedback` are free both ways. */
export function loosened(standing: OrganisationSettings, next: OrganisationSettings): (keyof OrganisationSettings)[] {
  const loose: (keyof OrganisationSettings)[] = [];
  if (standing.regimes.some((id) => !next.regimes.includes(id))) loose.push('regimes');
  if (next.verdictDays < standing.verdictDays) loose.push('verdictDays');
  if (standing.tells === 'bands' && next.tells === 'distances') loose.push('tells');
  // A false contact would lead investigators to a stranger.
  if (standing.contact !== null && next.contact !== standing.contact) loose.push('contact');
  if (widenedBy(standing.fetchesFrom, next.fetchesFrom).length > 0) loose.push('fetchesFrom');
  return loose;
}

export interface NewOrganisation {
  readonly id: string;
  readonly name: string;
  readonly kind: OrganisationKind;
}

export interface Organisation extends NewOrganisation, OrganisationSettings {
  /** Null: it waits for a second operator. */
  readonly confirmedAt: string | null;
  /** Counts the changes of its settings. */
  readonly version: number;
}

/** Names with the same spelling belong to one organisation. */
export function spellingOf(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, '');
}
