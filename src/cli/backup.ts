import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Command } from 'commander';
import type { Config } from '../config.js';
import { setup } from '../domain/actor.js';
import { withdrawalJournalPath } from '../installation.js';
import { readWithdrawals } from '../service/entries/withdrawal-journal.js';
import { appendAct } from '../store/audit.js';
import { BackupError, backup, restore } from '../store/backup.js';
import { withEmbeddedCopy } from '../store/embedded-copy.js';
import { ensureNearIndex } from '../store/near-index.js';
import type { WithdrawalEvent } from '../store/withdrawals.js';
import { jsonOption } from './options.js';
import { Progress } from './progress.js';
import { type Context, print, sealActs, UsageError, withDatabase } from './run.js';

/** Renames `FILE.partial` at the end, so that FILE is always complete. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('write the whole database to a file; it contains hashes, so protect it like the database')
    .argument('<file>', 'backup file to write (gzip, readable by its owner only)')
    .addOption(jsonOption())
    .action(writeBackup);
}

async function writeBackup(file: string, { json }: { json?: boolean }): Promise<void> {
  await withDatabase(async (context) => {
    const { config, database } = context;
    const partial = `${file}.partial`;
    const takenAt = new Date();
    const lines = new PassThrough();
    const written = pipeline(lines, createGzip(), createWriteStream(partial, { mode: 0o600 }));
    const progress = new Progress('rows', undefined);
    try {
      const write = async (line: string) => {
        progress.advance();
        if (!lines.write(`${line}\n`)) await Promise.race([new Promise((resolve) => lines.once('drain', resolve)), written]);
      };
      const rows = await (database.embedded
        ? withEmbeddedCopy(database, config.VIGIE_DATA_DIR, (copy) => backup(copy, write))
        : backup(database, write));
      lines.end();
      await written;
      await rename(partial, file);
      progress.finish();
      await noteBackup(context, takenAt, rows);
      print(json, { file, rows }, `wrote ${rows} rows to ${file}`);
    } catch (error) {
      lines.destroy();
      await written.catch(() => {});
      await rm(partial, { force: true });
      throw error;
    }
  });
}

/** A standby server cannot be written to, and can be backed up all the same. */
async function noteBackup(context: Context, takenAt: Date, rows: number): Promise<void> {
  try {
    await context.stores.backups.note(takenAt, rows);
    await sealActs(context);
  } catch (error) {
    console.error(
      `the backup is complete, but the database does not know of it: ${error instanceof Error ? error.message : error}`,
    );
  }
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('fill an empty database from a backup; needs the data key of the backup')
    .argument('<file>', 'backup file to read')
    .option(
      '--withdrawals <file>',
      'withdrawals.journal of a node, so that what was withdrawn after the backup stays withdrawn (default: the one in VIGIE_DATA_DIR)',
    )
    .option('--without-withdrawals', 'bring back what was withdrawn after the backup, also for the person depicted')
    .addOption(jsonOption())
    .action(readBackup);
}

interface RestoreFlags {
  readonly json?: boolean;
  readonly withdrawals?: string;
  readonly withoutWithdrawals?: boolean;
}

async function readBackup(file: string, { json, ...flags }: RestoreFlags): Promise<void> {
  const source = createReadStream(file);
  await new Promise<void>((resolve, reject) => {
    source.once('open', () => resolve()).once('error', (error) => reject(new UsageError(error.message)));
  });
  await withDatabase(async (context) => {
    const { config, database, dataKey } = context;
    const withdrawals = await withdrawalsFor(flags, config);
    const progress = new Progress('rows', undefined);
    let seen = 0;
    const advance = (done: number) => {
      progress.advance(done - seen);
      seen = done;
    };
    const { fingerprint } = dataKey;
    const { rows, withdrawn } = await restore(database, linesOf(source), advance, { fingerprint, withdrawals });
    progress.advance(rows - seen);
    progress.finish();
    await database.transaction((tx) =>
      appendAct(tx, { actor: setup, act: 'database.restore', subject: 'database', detail: { rows, withdrawn } }),
    );
    await sealActs(context);
    await ensureNearIndex(database);
    const later = `${withdrawn} entries withdrawn after the backup stay withdrawn`;
    print(json, { file, rows, withdrawn }, `restored ${rows} rows from ${file}; ${later}`);
  }, true);
}

async function withdrawalsFor({ withdrawals, withoutWithdrawals }: RestoreFlags, config: Config): Promise<WithdrawalEvent[]> {
  if (withoutWithdrawals) return [];
  const path = withdrawals ?? withdrawalJournalPath(config);
  const found = await readWithdrawals(path);
  if (found) return found;
  throw new UsageError(
    `there is no ${path}, so what was withdrawn after the backup would match again: copy withdrawals.journal from the data directory of a node and pass it with --withdrawals, or pass --without-withdrawals`,
  );
}

async function* linesOf(source: NodeJS.ReadableStream): AsyncGenerator<string> {
  const text = new PassThrough();
  let failure: Error | undefined;
  const unpacked = pipeline(source, createGunzip(), text).catch((error: Error) => {
    failure = error;
    text.end();
  });
  try {
    yield* createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    // A read error reaches the lines and the pipeline in any order.
    failure ??= error instanceof Error ? error : new Error(String(error));
  }
  await unpacked;
  if (failure) throw new BackupError(`the backup is damaged or incomplete: ${failure.message}`);
}
