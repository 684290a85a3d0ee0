import { Command } from 'commander';
import type { RecallSummary } from '../service/recall-check/recall-check.js';
import { jsonOption, wholeNumber } from './options.js';
import { Progress } from './progress.js';
import { count, exitCodes, print, UsageError, withService } from './run.js';

export function indexCommand(): Command {
  const command = new Command('index').description('check the index of this node');
  command
    .command('audit')
    .description('compare the memory index with exact search in the database (exit code 1 if they differ)')
    .option(
      '--queries <n>',
      'number of stored hashes to search for, each with up to 31 bits flipped',
      wholeNumber(1, 9_999_999),
      100,
    )
    .addOption(jsonOption())
    .action(audit);
  return command;
}

async function audit({ queries, json }: { queries: number; json?: boolean }): Promise<void> {
  await withService(async ({ recallCheck, index }) => {
    if (index.engine !== 'memory')
      throw new UsageError('VIGIE_INDEX=pgvector searches in the database: there is no memory index to check');
    const progress = new Progress('queries', queries);
    const summary = await recallCheck.askMany(queries, () => progress.advance());
    progress.finish();
    print(json, { ...summary, hashes: index.size }, textOf(summary, index.size));
    const { missed, extra, altered, undecided } = summary;
    if (missed + extra + altered + undecided > 0) process.exitCode = exitCodes.failed;
  });
}

function textOf({ queries, missed, extra, altered, undecided }: RecallSummary, hashes: number): string {
  const asked = `${count(queries, 'query', 'queries')} against ${count(hashes, 'hash', 'hashes')}`;
  const text = `checked ${asked}: ${missed} missed, ${extra} extra, ${altered} altered`;
  return undecided === 0 ? text : `${text}; ${undecided} undecided because nearby entries changed meanwhile: run the check again`;
}
