import { createHmac } from 'node:crypto';
import { type Caller, commandLine } from '../../domain/key.js';
import {
  type Disclosed,
  stepBits,
  type Telling,
  withBandsOnly,
  withMatchesOnly,
  withRoundedDistances,
} from '../../domain/match-disclosure.js';
import type { Decision, Match } from '../../domain/verdict.js';
import type { Asked, EnumerationGuard } from '../abuse/enumeration-guard.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';
import type { ListCache } from '../lists/list-cache.js';

export interface DisclosureParts {
  readonly guard: EnumerationGuard;
  readonly organisationCache: Pick<OrganisationCache, 'get'>;
  readonly listCache: Pick<ListCache, 'rights'>;
  /** 32 secret bytes, the same on every node: a second node must not round differently. */
  readonly key: Uint8Array;
}

/** The perceptual hashes of a query. */
export interface AskedHashes {
  readonly pdq?: Asked;
  readonly blockhash?: string | undefined;
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
  disclose<Holder extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Holder, asked: AskedHashes): Disclosed<Holder> {
    this.note(caller, asked, verdict.matches.length > 0);
    return this.discloseAgain(caller, verdict);
  }

  /** Counts a query whose answer is no verdict. */
  note(caller: Caller, asked: AskedHashes, isMatch: boolean): void {
    this.uncounted.push({ caller, asked: asked.pdq });
    if (isMatch) {
      this.count();
      this.parts.guard.observeMatch(caller, asked.pdq, asked.blockhash);
    } else this.counting ??= setImmediate(() => this.count());
  }

  private count(): void {
    clearImmediate(this.counting);
    this.counting = undefined;
    for (const { caller, asked } of this.uncounted.splice(0)) this.parts.guard.observe(caller, asked);
  }

  /** Without counting. */
  discloseAgain<Holder extends Pick<Decision, 'matches'>>(caller: Caller, verdict: Holder): Disclosed<Holder> {
    if (verdict.matches.length === 0) return verdict;
    const telling = this.tells(caller);
    if (telling === 'matches') return withMatchesOnly(verdict);
    if (telling === 'bands') return withBandsOnly(verdict);
    return withRoundedDistances(verdict, (match) => this.offsetOf(caller, match));
  }

  tells(caller: Caller): Telling {
    const { guard, organisationCache } = this.parts;
    if (caller.trust === 'low') return 'matches';
    const told = guard.tells(caller);
    return told === 'distances' ? (organisationCache.get(caller.organisation)?.tells ?? 'distances') : told;
  }

  /** Null: whoever may read the list may know the distances of its entries. */
  private offsetOf({ organisation }: Caller, { entry, list }: Match): number | null {
    const { listCache, key } = this.parts;
    if (organisation === commandLine.organisation || listCache.rights(list, organisation).has('read')) return null;
    return (createHmac('sha256', key).update(`${organisation} ${entry}`).digest()[0] ?? 0) % stepBits;
  }
}
