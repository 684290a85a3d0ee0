/**
 * Legal regimes as data: what starts a clock, what must be done until when, what is kept and who is told.
 *
 * An organisation switches regimes on; none holds by default, because nobody here knows which law a platform is under. Rows come from the
 * domain notes (verdicts, section 5.3). `unverified` says what nobody has checked yet. Never advice.
 */
import { europeanUnion } from './regimes/european-union.js';
import { france } from './regimes/france.js';
import type { ClockStart, Regime } from './regimes/regime.js';
import { unitedKingdom } from './regimes/united-kingdom.js';
import { unitedStates } from './regimes/united-states.js';

export const regimes: readonly Regime[] = [...france, ...europeanUnion, ...unitedStates, ...unitedKingdom];

export const regimeIds: readonly string[] = regimes.map(({ id }) => id);

const byId: ReadonlyMap<string, Regime> = new Map(regimes.map((regime) => [regime.id, regime]));

/** Undefined for an id that there is not, or not any more. */
export function regimeOf(id: string): Regime | undefined {
  return byId.get(id);
}

/** Ids of the regimes with a duty that `start` sets going. */
export function regimesStartedBy(start: ClockStart): string[] {
  return regimes.filter(({ duties }) => duties.some(({ startsFrom }) => startsFrom === start)).map(({ id }) => id);
}
