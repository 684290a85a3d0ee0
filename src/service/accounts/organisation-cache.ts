import type { Organisation } from '../../domain/organisation.js';

/** All organisations, in memory; kept current by the change feed. */
export class OrganisationCache {
  private organisations: ReadonlyMap<string, Organisation> = new Map();

  replaceAll(organisations: readonly Organisation[]): void {
    this.organisations = new Map(organisations.map((one) => [one.id, one]));
  }

  /** Undefined where this node has not heard of it yet. */
  get(id: string): Organisation | undefined {
    return this.organisations.get(id);
  }
}
