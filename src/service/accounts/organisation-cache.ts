import type { Organisation } from '../../domain/organisation.js';

export class OrganisationCache {
  private organisations: ReadonlyMap<string, Organisation> = new Map();

  replaceAll(organisations: readonly Organisation[]): void {
    this.organisations = new Map(organisations.map((one) => [one.id, one]));
  }

  get(id: string): Organisation | undefined {
    return this.organisations.get(id);
  }
}
