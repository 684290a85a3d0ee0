import type { Caller } from '../../domain/key.js';
import { type Disclosed, withBandsOnly } from '../../domain/match-disclosure.js';
import type { Decision } from '../../domain/verdict.js';
import type { Asked, EnumerationGuard } from '../abuse/enumeration-guard.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';

export interface DisclosureParts {
  readonly guard: EnumerationGuard;
  readonly organisationCache: Pick<OrganisationCache, 'get'>;
}

/** Decides how much of a verdict its caller is told; what is logged and acted upon is always the whole. */
export class MatchDisclosure {
  private readonly uncounted: { readonly caller: Caller; readonly asked: Asked }[] = [];
  private counting: NodeJS.Immediate | undefined;

  constructor(private readonly parts: DisclosureParts) {}

  /**
   * A verdict as `caller` is told it. `asked`: the PDQ hashes of the query (of an image the one of it as it is), which the guard counts before
   * there is a distance to tell, so that the answer which passes the limit is told in bands already. Those of answers without a match are counted
   * together at the end of the turn, with warm caches: 2 % more hash matches, a tenth off their p99.
   */
  disclose<Judged extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Judged, asked: Asked): Disclosed<Judged> {
    this.uncounted.push({ caller, asked });
    if (verdict.matches.length > 0) this.count();
    else this.counting ??= setImmediate(() => this.count());
    return this.discloseAgain(caller, verdict);
  }

  private count(): void {
    clearImmediate(this.counting);
    this.counting = undefined;
    for (const { caller, asked } of this.uncounted.splice(0)) this.parts.guard.observe(caller, asked);
  }

  /** As `tell`, for a verdict that was given before: nothing is asked by it. */
  discloseAgain<Judged extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Judged): Disclosed<Judged> {
    return verdict.matches.length === 0 || this.mayKnowDistances(caller) ? verdict : withBandsOnly(verdict);
  }

  /** False for a caller that is told bands. */
  mayKnowDistances({ key, organisation, trust }: Caller): boolean {
    const { guard, organisationCache } = this.parts;
    return trust !== 'low' && organisationCache.get(organisation)?.tells !== 'bands' && !guard.isLimited(key);
  }
}
