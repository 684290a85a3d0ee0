import type { Logger } from 'pino';
import { movedObligations } from '../../domain/legal-request-clock.js';
import type { Obligation } from '../../domain/obligations.js';
import { isRemoval, type Match } from '../../domain/verdict.js';
import type { LegalRequestStore } from '../../store/legal-requests.js';
import { Periodic } from '../jobs/periodic.js';

/** When other nodes' orders are known here at the latest, nearly: the shortest deadline there is has an hour. */
const everyMs = 30_000;

const none: readonly Obligation[] = [];

/**
 * Which entries the open orders and notices of each organisation are about, in memory: a copy of what somebody asked to have removed is
 * under the same clock, and a verdict says so without a look into the database.
 */
export class LegalRequestCache {
  private readonly periodic: Periodic;
  private byOrganisation: ReadonlyMap<string, ReadonlyMap<string, readonly Obligation[]>> = new Map();
  private loading: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Pick<LegalRequestStore, 'covering'>,
    log: Pick<Logger, 'warn'>,
  ) {
    this.periodic = new Periodic(
      everyMs,
      () => this.load(),
      (error) => log.warn({ err: error }, 'open orders could not be read; verdicts name those known before'),
    );
  }

  /** Reads what is open now and from then on, about twice a minute. */
  start(): void {
    this.load().catch(() => {});
    this.periodic.start();
  }

  /** Reads what is open; one after the other, so that an older reading never replaces a younger one. */
  load(): Promise<void> {
    const next = this.loading.then(() => this.read());
    this.loading = next.catch(() => {});
    return next;
  }

  /**
   * The obligations of an organisation's open orders and notices about what was matched and is removed.
   *
   * @param matches with entries as verdicts are recorded with them
   */
  obligationsFor(organisation: string, matches: readonly Pick<Match, 'entry' | 'action'>[]): readonly Obligation[] {
    const own = this.byOrganisation.get(organisation);
    if (!own) return none;
    const found = matches.flatMap(({ entry, action }) => (isRemoval(action) ? (own.get(entry) ?? none) : none));
    return [...new Set(found)];
  }

  async close(): Promise<void> {
    await this.periodic.close();
    await this.loading;
  }

  private async read(): Promise<void> {
    const book = new Map<string, Map<string, Obligation[]>>();
    for (const { organisation, entries, ...legalRequest } of await this.store.covering()) {
      const own = book.get(organisation) ?? new Map<string, Obligation[]>();
      book.set(organisation, own);
      const obligations = movedObligations(legalRequest);
      for (const entry of entries) {
        const standing = own.get(entry);
        if (standing) standing.push(...obligations);
        else own.set(entry, [...obligations]);
      }
    }
    this.byOrganisation = book;
  }
}
