import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Actor } from '../domain/actor.js';
import { VigieError } from '../domain/errors.js';
import type { Service } from '../main.js';
import { cliIdentity } from '../service/accounts/cli-identity.js';
import { expandPaths, inOrder } from './files.js';
import { Progress } from './progress.js';
import { type ActingOptions, exitCodes, keyOption, print, withService } from './run.js';

interface Options extends ActingOptions {
  list: string;
}

type Result =
  | { file: string; entry: string; list: string; status: 'created' | 'standing' }
  | { file: string; error: { code: string; detail: string } };

/** `vigie enroll FILE|DIR... --list ID`: one result a file; a file that cannot be enrolled does not stop the others. */
export function enrollCommand(): Command {
  return new Command('enroll')
    .description('enrol images into a list; the images are not kept')
    .argument('<path...>', 'files or folders')
    .requiredOption('--list <id>', 'the list')
    .addOption(keyOption())
    .option('--json', 'print one JSON document a file')
    .action(enroll);
}

async function enroll(paths: string[], { list, json, key }: Options): Promise<void> {
  const files = await expandPaths(paths);
  await withService(async (service, config) => {
    const actor = await cliIdentity(service.stores.keys, key ?? config.VIGIE_KEY, ['analyst']);
    const progress = new Progress('enrolled', files.length);
    for await (const result of inOrder(files, config.VIGIE_IMAGING_PROCESSES * 3, (file) =>
      enrolFile(service, actor, list, file),
    )) {
      progress.advance();
      if ('error' in result) process.exitCode = exitCodes.failed;
      print(json, result, textOf(result));
    }
    progress.finish();
  });
}

async function enrolFile(service: Service, actor: Actor, list: string, file: string): Promise<Result> {
  try {
    const { entry, created } = await service.enrolment.enrolImage({ actor, flagger: false }, { list }, await readFile(file));
    return { file, entry: entry.id, list: entry.list, status: created ? 'created' : 'standing' };
  } catch (error) {
    if (!(error instanceof VigieError)) throw error;
    return { file, error: { code: error.code, detail: error.detail } };
  }
}

function textOf(result: Result): string {
  if ('error' in result) return `failed    ${result.file}: ${result.error.detail}`;
  return `${result.status.padEnd(8)}  ${result.file}  ${result.entry}`;
}
