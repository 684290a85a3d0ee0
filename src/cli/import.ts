import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { type Import, type ImportProgress, importIdOf, shownImport } from '../domain/import.js';
import { formatNames } from '../formats/registry.js';
import { cliIdentity } from '../service/accounts/cli-identity.js';
import { jsonOption, keyOption } from './options.js';
import { Progress } from './progress.js';
import { type ActingOptions, count, exitCodes, print, UsageError, withService } from './run.js';

interface Options extends ActingOptions {
  list: string;
  format?: string;
  source?: string;
  dryRun?: boolean;
  replace?: boolean;
  skipInvalid?: boolean;
}

const shownProblems = 20;

const help = `
Formats: ${formatNames.join(', ')}.
The file may be packed with gzip or zip. Either the whole file is imported or nothing of it.
Run a newer file of the same source with the same --source: records are updated, and with --replace those that are missing are withdrawn.

Exit codes:
  0  imported, checked (--dry-run), or waiting for a second person
  1  not imported
  2  wrong usage`;

export function importCommand(): Command {
  return new Command('import')
    .description('import a file of hashes into a list')
    .argument('<file>', 'file of hashes')
    .requiredOption('--list <id>', 'list to import into')
    .option('--format <name>', 'format of the file (default: recognised)')
    .option('--source <name>', 'who the file comes from (default: the name of the format)')
    .option('--dry-run', 'report what the import would do, and write nothing')
    .option('--replace', 'withdraw the records of this source that the file no longer has')
    .option('--skip-invalid', 'import the good records of a file that also has bad ones')
    .addOption(keyOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(importFile);
}

async function importFile(path: string, options: Options): Promise<void> {
  if (options.format !== undefined && !formatNames.includes(options.format))
    throw new UsageError(`--format ${options.format}: expected one of ${formatNames.join(', ')}`);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new UsageError(`${path}: expected a file`);
  await withService(async ({ imports, stores, auditSealing, follower }, config) => {
    const actor = await cliIdentity(stores.keys, options.key ?? config.VIGIE_KEY, ['analyst']);
    await imports.tidy();
    const stop = new AbortController();
    // A second one ends the process at once. What is staged is then deleted by the next import, or by a server.
    process.once('SIGINT', () => stop.abort());
    const { show, finish } = progressOf();
    const watch = (progress: ImportProgress) => {
      // Nothing is judged any more, so this process need not learn of its own entries.
      if (progress.step === 'promoting') void follower.close();
      show(progress);
    };
    const done = await imports.run(actor, { ...options, path, file: basename(path) }, stop.signal, watch);
    finish();
    await auditSealing.seal();
    print(options.json, shownImport(done), textOf(done));
    if (done.state === 'failed' || done.state === 'cancelled') process.exitCode = exitCodes.failed;
  });
}

function progressOf() {
  let step: ImportProgress['step'] | undefined;
  let progress: Progress | undefined;
  let shown = 0;
  return {
    show({ step: now, records, of }: ImportProgress): void {
      if (now !== step) {
        progress?.finish();
        progress = new Progress(now === 'reading' ? 'records read' : 'records imported', of);
        step = now;
        shown = 0;
      }
      progress?.advance(records - shown, of);
      shown = records;
    },
    finish: () => progress?.finish(),
  };
}

const headlines: Partial<Record<Import['state'], string>> = {
  promoted: 'imported',
  checked: 'checked; nothing was written',
  waiting: 'waits for a second person, because it withdraws many records: POST /v1/imports/ID/confirm',
  failed: 'not imported',
  cancelled: 'cancelled; nothing was imported',
};

function textOf({ state, failure, report, format, source, id }: Import): string {
  const lines = [
    `${(headlines[state] ?? state).replace('ID', importIdOf(id))}${failure ? `: ${failure}` : ''}`,
    `${count(report.records, 'record')} of format ${format ?? 'unknown'}, source ${source}`,
    `  new ${report.new}, known ${report.known}, changed ${report.changed}, withdrawn ${report.ended}, repeated ${report.repeated}`,
    `  left out: ${report.invalid} invalid, ${report.unmatchable} without a hash that can be matched, ${report.degenerate} degenerate, ${report.knownGood} known to be harmless, ${report.withdrawnBefore} withdrawn before`,
    `  held for review: ${report.unknownClass} of an unknown class, ${report.nearKnownGood} near harmless content`,
    ...Object.entries(report.unsupported).map(
      ([kind, hashes]) => `  not matched: ${count(hashes, 'hash', 'hashes')} of kind ${kind}`,
    ),
    ...(report.imageDataSkipped > 0 ? [`  image data skipped: ${count(report.imageDataSkipped, 'record')}`] : []),
    ...report.problems.slice(0, shownProblems).map(({ at, reason }) => `  ${at}: ${reason}`),
  ];
  const more = report.invalid + report.unmatchable + report.degenerate + report.knownGood - shownProblems;
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}
