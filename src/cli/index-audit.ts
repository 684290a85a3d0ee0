import { Command } from 'commander';
import type { RecallSummary } from '../service/recall-check/recall-check.js';
import { Progress } from './progress.js';
import { exitCodes, print, UsageError, withService } from './run.js';

/** `vigie index audit`: loads the index as the service does and has the database answer the same queries. Exit code 1 on any difference. */
export function indexCommand(): Command {
  const command = new Command('index').description('the index of this node');
  command
    .command('audit')
    .description('check the memory index against exact search in the database')
    .option('--queries <n>', 'stored hashes asked, with up to 31 bits flipped', '100')
    .option('--json', 'print one JSON document')
    .action(audit);
  return command;
}

async function audit({ queries, json }: { queries: string; json?: boolean }): Promise<void> {
  const count = Number(queries);
  if (!/^\d{1,7}$/.test(queries) || count === 0) throw new UsageError(`--queries ${queries}: must be from 1 to 9999999`);
  await withService(async ({ recallCheck, index }) => {
    if (index.engine !== 'memory') throw new UsageError('VIGIE_INDEX=pgvector asks the database itself: nothing to audit');
    const progress = new Progress('audited', count);
    const summary = await recallCheck.askMany(count, () => progress.advance());
    progress.finish();
    print(json, { ...summary, hashes: index.size }, textOf(summary, index.size));
    const { missed, extra, altered, undecided } = summary;
    if (missed + extra + altered + undecided > 0) process.exitCode = exitCodes.failed;
  });
}

function textOf({ queries, missed, extra, altered, undecided }: RecallSummary, hashes: number): string {
  const text = `asked ${queries} queries of ${hashes} hashes: ${missed} missed, ${extra} extra, ${altered} altered`;
  return undecided === 0 ? text : `${text}; ${undecided} undecided, because entries near them kept changing: ask again`;
}
