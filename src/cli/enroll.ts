import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { Actor } from '../domain/actor.js';
import { VigieError } from '../domain/errors.js';
import type { Service } from '../main.js';
import { cliIdentity } from '../service/accounts/cli-identity.js';
import { expandPaths, inOrder } from './files.js';
import { jsonLinesOption, keyOption } from './options.js';
import { Progress } from './progress.js';
import { type ActingOptions, exitCodes, print, withService } from './run.js';

interface Options extends ActingOptions {
  list: string;
}

type Result =
  | { file: string; entry: string; list: string; status: 'created' | 'standing' }
  | { file: string; error: { code: string; detail: string } };

export function enrollCommand(): Command {
  return new Command('enroll')
    .description('enrol images into a list; Vigie stores their hashes, not the images')
    .argument('<path...>', 'files or folders')
    .requiredOption('--list <id>', 'list to enrol into')
    .addOption(keyOption())
    .addOption(jsonLinesOption())
    .action(enroll);
}

async function enroll(paths: string[], { list, json, key }: Options): Promise<void> {
  const files = await expandPaths(paths);
  await withService(async (service, config) => {
    const actor = await cliIdentity(service.stores.keys, key ?? config.VIGIE_KEY, ['analyst']);
    const progress = new Progress('files', files.length);
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
  return `${result.status === 'created' ? 'created' : 'exists '}   ${result.file}  ${result.entry}`;
}
