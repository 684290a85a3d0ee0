import { Command } from 'commander';
import type { Actor } from '../domain/actor.js';
import type { Service } from '../main.js';
import { cliIdentity } from '../service/accounts/cli-identity.js';
import { eachImage } from './each-image.js';
import { findFiles } from './files.js';
import { jsonLinesOption, keyOption } from './options.js';
import { type ActingOptions, withService } from './run.js';

interface Options extends ActingOptions {
  list: string;
}

interface Enrolled {
  readonly entry: string;
  readonly list: string;
  readonly status: 'created' | 'standing';
}

const exitCodeHelp = `
Exit codes:
  0  every file is enrolled
  1  a file or folder could not be read or enrolled
  2  wrong usage
Files that fail, and pipes, sockets, devices and links to folders, are listed and counted.`;

export function enrollCommand(): Command {
  return new Command('enroll')
    .description('enrol images into a list; Vigie stores their hashes, not the images')
    .argument('<path...>', 'files or folders')
    .requiredOption('--list <id>', 'list to enrol into')
    .addOption(keyOption())
    .addOption(jsonLinesOption())
    .addHelpText('after', exitCodeHelp)
    .action(enroll);
}

async function enroll(paths: string[], { list, json, key }: Options): Promise<void> {
  const found = await findFiles(paths);
  await withService(async (service, config) => {
    const actor = await cliIdentity(service.stores.keys, key ?? config.VIGIE_KEY, ['analyst']);
    await eachImage<Enrolled>(found, {
      json,
      showsProgress: true,
      width: config.VIGIE_IMAGING_PROCESSES * 3,
      maxBytes: config.VIGIE_MAX_IMAGE_BYTES,
      act: (bytes) => enrolImage(service, actor, list, bytes),
      document: (enrolled) => enrolled,
      text: (file, { status, entry }) => `${status === 'created' ? 'created' : 'exists '}   ${file}  ${entry}`,
    });
  });
}

async function enrolImage({ enrolment }: Service, actor: Actor, list: string, bytes: Buffer): Promise<Enrolled> {
  const { entry, created } = await enrolment.enrolImage({ actor, flagger: false }, { list }, bytes);
  return { entry: entry.id, list: entry.list, status: created ? 'created' : 'standing' };
}
