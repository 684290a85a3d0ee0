/** Configuration, not legal advice. None is on by default: an organisation knows best which law applies to it. */
import { europeanUnion } from './regimes/european-union.js';
import { france } from './regimes/france.js';
import type { ClockStart, Regime } from './regimes/regime.js';
import { unitedKingdom } from './regimes/united-kingdom.js';
import { unitedStates } from './regimes/united-states.js';

export const regimes: readonly Regime[] = [...france, ...europeanUnion, ...unitedStates, ...unitedKingdom];

export const regimeIds: readonly string[] = regimes.map(({ id }) => id);

const byId: ReadonlyMap<string, Regime> = new Map(regimes.map((regime) => [regime.id, regime]));

export function regimeOf(id: string): Regime | undefined {
  return byId.get(id);
}

export function regimesStartedBy(start: ClockStart): string[] {
  return regimes.filter(({ duties }) => duties.some(({ startsFrom }) => startsFrom === start)).map(({ id }) => id);
}
