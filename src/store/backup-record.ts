import { setup } from '../domain/actor.js';
import { appendAct } from './audit.js';
import type { Database } from './database.js';

export interface LastBackup {
  readonly takenAt: Date;
  readonly ageSeconds: number;
}

const noteBackup = 'update installation set backed_up_at = $1';
const selectBackup = `
  select backed_up_at as "takenAt", extract(epoch from now() - backed_up_at)::float8 as "ageSeconds"
  from installation where backed_up_at is not null`;

/** When `vigie backup` last ran. Other tools, such as pg_dump, leave no trace. */
export class BackupRecordStore {
  constructor(private readonly database: Database) {}

  /** @param takenAt when the backup was begun, because it lacks what came later */
  async note(takenAt: Date, rows: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(noteBackup, [takenAt]);
      await appendAct(tx, { actor: setup, act: 'database.backup', subject: 'database', detail: { rows } });
    });
  }

  async last(): Promise<LastBackup | undefined> {
    const [backup] = await this.database.query<LastBackup & Record<string, unknown>>(selectBackup);
    return backup;
  }
}
