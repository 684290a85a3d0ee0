import { withMovedDeadlines } from '../../domain/legal-request-clock.js';
import type { Obligation } from '../../domain/obligations.js';
import { isRemoval, type Match } from '../../domain/verdict.js';
import type { LegalRequestStore } from '../../store/legal-requests.js';

const none: readonly Obligation[] = [];

/** The obligations of open orders and notices, in memory, so that verdicts need no database query. */
export class LegalRequestCache {
  private byOrganisation: ReadonlyMap<string, ReadonlyMap<string, readonly Obligation[]>> = new Map();
  private loading: Promise<void> = Promise.resolve();

  constructor(private readonly store: Pick<LegalRequestStore, 'covering'>) {}

  /** One at a time, so that an older result never replaces a newer one. */
  load(): Promise<void> {
    const next = this.loading.then(() => this.read());
    this.loading = next.catch(() => {});
    return next;
  }

  /** `matches` have entry ids, not pseudonyms. */
  obligationsFor(organisation: string, matches: readonly Pick<Match, 'entry' | 'action'>[]): readonly Obligation[] {
    const own = this.byOrganisation.get(organisation);
    if (!own) return none;
    const found = matches.flatMap(({ entry, action }) => (isRemoval(action) ? (own.get(entry) ?? none) : none));
    return [...new Set(found)];
  }

  private async read(): Promise<void> {
    const byOrganisation = new Map<string, Map<string, Obligation[]>>();
    for (const { organisation, entries, ...legalRequest } of await this.store.covering()) {
      const byEntry = byOrganisation.get(organisation) ?? new Map<string, Obligation[]>();
      byOrganisation.set(organisation, byEntry);
      const obligations = withMovedDeadlines(legalRequest);
      for (const entry of entries) byEntry.set(entry, [...(byEntry.get(entry) ?? []), ...obligations]);
    }
    this.byOrganisation = byOrganisation;
  }
}
