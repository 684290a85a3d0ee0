/** The tests' role owns the tables, the service has another. */
import { randomBytes } from 'node:crypto';
import { createTestDatabase, openTestDatabase, sqlOnServer, type TestDatabase } from './database.js';
import { seed } from './seed.js';

export interface TwoRoles {
  readonly database: TestDatabase & { readonly env: { readonly VIGIE_MIGRATION_URL: string } };
  readonly owner: TestDatabase;
  readonly role: string;
}

/** The service's role gets its rights when a service starts. */
export async function createTwoRoles({ empty = false } = {}): Promise<TwoRoles> {
  const owner = await createTestDatabase({ empty: true });
  const role = `vigie_service_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(8).toString('hex');
  await sqlOnServer(`create role ${role} login password '${password}'`);
  if (!empty) {
    const { database, stores } = await openTestDatabase(owner);
    await seed(stores);
    await database.close();
  }
  const { DATABASE_URL = '' } = owner.env;
  const service = new URL(DATABASE_URL);
  [service.username, service.password] = [role, password];
  return {
    role,
    owner,
    database: {
      env: { ...owner.env, DATABASE_URL: service.href, VIGIE_MIGRATION_URL: DATABASE_URL },
      async drop() {
        await owner.drop();
        await sqlOnServer(`drop role ${role}`);
      },
    },
  };
}
