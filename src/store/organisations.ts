import type { Database } from './database.js';

export const organisationKinds = ['platform', 'hotline', 'police', 'helpline', 'operator'] as const;
export type OrganisationKind = (typeof organisationKinds)[number];

export interface Organisation {
  readonly id: string;
  readonly name: string;
  readonly kind: OrganisationKind;
}

const insertOrganisation =
  'insert into organisation (id, name, kind) values ($1, $2, $3) on conflict (id) do nothing returning id';
const selectOrganisations = 'select id, name, kind from organisation order by id';

export class OrganisationStore {
  constructor(private readonly database: Database) {}

  /** Creates an organisation; false when the id is taken. */
  async create({ id, name, kind }: Organisation): Promise<boolean> {
    return (await this.database.query(insertOrganisation, [id, name, kind])).length === 1;
  }

  list(): Promise<Organisation[]> {
    return this.database.query<Organisation>(selectOrganisations);
  }
}
