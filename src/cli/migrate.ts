import { Command } from 'commander';
import { openConfiguredAsOwner } from '../main.js';
import { ensureNearIndex } from '../store/near-index.js';
import { commandOptions, print } from './run.js';

/** `vigie migrate`: brings the schema up to date, so that the service itself can do without VIGIE_MIGRATION_URL. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the schema up to date, by the role of VIGIE_MIGRATION_URL')
    .option('--json', 'print one JSON document')
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
