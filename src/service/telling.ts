import { type Told, withoutDistances } from '../domain/bands.js';
import type { Caller } from '../domain/key.js';
import type { Decision } from '../domain/verdict.js';
import type { Asked, EnumerationGuard } from './enumeration-guard.js';
import type { OrganisationBook } from './organisation-book.js';

export interface TellingParts {
  readonly guard: EnumerationGuard;
  readonly organisationBook: Pick<OrganisationBook, 'get'>;
}

/** Decides how much of a verdict its caller is told; what is logged and acted upon is always the whole. */
export class Telling {
  constructor(private readonly parts: TellingParts) {}

  /**
   * A verdict as `caller` is told it. `asked`: the PDQ hashes of the query (of an image the one of it as it is), which the guard counts
   * first, so that the answer which passes the limit is told in bands already.
   */
  tell<Judged extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Judged, asked: Asked): Told<Judged> {
    this.parts.guard.observe(caller, asked);
    return this.retell(caller, verdict);
  }

  /** As `tell`, for a verdict that was given before: nothing is asked by it. */
  retell<Judged extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Judged): Told<Judged> {
    return verdict.matches.length === 0 || this.tellsDistances(caller) ? verdict : withoutDistances(verdict);
  }

  /** False for a caller that is told bands. */
  tellsDistances({ key, organisation, trust }: Caller): boolean {
    const { guard, organisationBook } = this.parts;
    return trust !== 'low' && organisationBook.get(organisation)?.tells !== 'bands' && !guard.isLimited(key);
  }
}
