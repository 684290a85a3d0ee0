import { Command } from 'commander';
import { openConfiguredAsOwner } from '../installation.js';
import { ensureNearIndex } from '../store/near-index.js';
import { jsonOption } from './options.js';
import { commandOptions, print } from './run.js';

/** After this command the service itself can run without VIGIE_MIGRATION_URL. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('update the database schema, with the role of VIGIE_MIGRATION_URL if it is set')
    .addOption(jsonOption())
    .action(migrate);
}

async function migrate({ json }: { json?: boolean }): Promise<void> {
  const database = await openConfiguredAsOwner(commandOptions('vigie migrate'));
  try {
    const nearIndex = await ensureNearIndex(database);
    print(json, { migrated: true, nearIndex }, 'the schema is up to date');
  } finally {
    await database.close();
  }
}
