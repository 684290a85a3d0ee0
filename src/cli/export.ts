import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import type { Actor } from '../domain/actor.js';
import { type Export, type ExportRequest, exportIdOf, maxCanaries, shownExport, uuidOfExportId } from '../domain/export.js';
import type { Role } from '../domain/key.js';
import { exportFormats } from '../service/exports/export-formats.js';
import { Exports, type Sending } from '../service/exports/exports.js';
import { ListCache } from '../service/lists/list-cache.js';
import { ExportEntryStore } from '../store/export-entries.js';
import { ExportStore } from '../store/exports.js';
import { jsonOption, keyOption, wholeNumber } from './options.js';
import { Progress } from './progress.js';
import { type ActingOptions, count, print, UsageError, withActor } from './run.js';

interface Options extends ActingOptions {
  list?: string;
  format?: string;
  scheme?: string;
  recipient?: string;
  purpose?: string;
  age?: string;
  canaries: number;
  confirm?: string;
  cancel?: string;
  id?: string;
  out?: string;
}

const help = `
Two people take the hashes of a list out:
  vigie export --list ID --format FORMAT --recipient NAME --purpose TEXT   asks, and prints the id of the export
  vigie export --confirm ID                                                a colleague agrees
  vigie export --id ID --out FILE                                          one of the two writes the file, within 24 hours
During set-up no key is needed, and with --out the first command does all three.

Formats: ${exportFormats.join(', ')}.

Exit codes:
  0  done
  1  not done
  2  wrong usage`;

export function exportCommand(): Command {
  return new Command('export')
    .description('export the hashes of a list, which a colleague must confirm')
    .option('--list <id>', 'list to export')
    .option('--format <name>', 'format of the file')
    .option('--recipient <name>', 'who gets the file')
    .option('--purpose <text>', 'why the recipient gets it')
    .option('--scheme <name>', 'scheme of the codes in the file, for a format that has several')
    .option('--age <key>', 'public key to encrypt the file to, as age-keygen prints it')
    .option('--canaries <n>', 'entries that only this file has, to notice when it leaks', wholeNumber(0, maxCanaries), 3)
    .option('--confirm <id>', 'confirm the export that a colleague asked for')
    .option('--cancel <id>', 'cancel an export')
    .option('--id <id>', 'export to write to --out, or to show')
    .option('--out <file>', 'file to write; it must not exist')
    .addOption(keyOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(exportList);
}

async function exportList(options: Options): Promise<void> {
  const { list, confirm, cancel, id } = options;
  if ([list, confirm, cancel, id].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('expected one of --list, --confirm, --cancel and --id; vigie export --help shows the steps');
  if (confirm !== undefined) return withExports(options, ['analyst', 'reviewer'], confirmExport(uuidOf(confirm)));
  if (cancel !== undefined) return withExports(options, ['analyst'], cancelExport(uuidOf(cancel)));
  if (options.out !== undefined) await assertNew(options.out);
  if (id !== undefined) return withExports(options, ['analyst', 'reviewer'], writeExport(uuidOf(id)));
  return withExports(options, ['analyst'], askExport(requestOf(options)));
}

type Step = (exports: Exports, actor: Actor, options: Options) => Promise<void>;

async function withExports(options: Options, roles: readonly Role[], step: Step): Promise<void> {
  await withActor(options, roles, async ({ stores, database, actor }) => {
    const listCache = new ListCache();
    listCache.replaceAll(await stores.lists.all(), new Map());
    const log = { warn: (_detail: object, message: string) => console.error(`vigie: ${message}`) };
    // A running server learns of canaries from the change feed.
    const follower = { refresh: async () => {} };
    const parts = { store: new ExportStore(database), entries: new ExportEntryStore(database), listCache, follower };
    await step(new Exports({ ...parts, log }), actor, options);
  });
}

function requestOf({ list, format, recipient, purpose, scheme, age, canaries }: Options): ExportRequest {
  if (list === undefined || format === undefined || recipient === undefined || purpose === undefined)
    throw new UsageError('expected --list, --format, --recipient and --purpose');
  return { list, format, recipient, purpose, scheme: scheme ?? null, ageKey: age ?? null, canaries };
}

const askExport =
  (request: ExportRequest): Step =>
  async (exports, actor, { out, json }) => {
    const asked = await exports.ask(actor, request);
    const id = exportIdOf(asked.id);
    if (actor.via === 'setup' && out !== undefined) {
      await exports.confirm(actor, asked.id);
      return write(exports, actor, asked.id, out, json);
    }
    const next = `A colleague must confirm it within three days:\n  vigie export --confirm ${id}\nThen write the file:\n  vigie export --id ${id} --out ${out ?? 'FILE'}`;
    print(json, shownExport(asked), `asked for the export ${id} of list ${request.list} for ${request.recipient}.\n${next}`);
  };

const confirmExport =
  (uuid: string): Step =>
  async (exports, actor, { json }) => {
    const done = await exports.confirm(actor, uuid);
    const next = `Within 24 hours, one of you two writes the file:\n  vigie export --id ${exportIdOf(uuid)} --out FILE`;
    print(json, shownExport(done), `confirmed the export of list ${done.list} for ${done.recipient}. ${next}`);
  };

const cancelExport =
  (uuid: string): Step =>
  async (exports, actor, { json }) =>
    print(json, shownExport(await exports.cancel(actor, uuid)), `cancelled the export ${exportIdOf(uuid)}`);

const writeExport =
  (uuid: string): Step =>
  async (exports, actor, { out, json }) => {
    if (out !== undefined) return write(exports, actor, uuid, out, json);
    const found = await exports.read(actor, uuid);
    print(json, shownExport(found), textOf(found));
  };

async function write(exports: Exports, actor: Actor, uuid: string, out: string, json: boolean | undefined): Promise<void> {
  const part = `${out}.part`;
  const file = createWriteStream(part, { mode: 0o600, flags: 'wx', flush: true });
  await once(file, 'open');
  try {
    await writeInto(file, await exports.send(actor, uuid), () => rename(part, out));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  const done = await exports.read(actor, uuid);
  print(json, shownExport(done), `wrote ${out}\n${textOf(done)}`);
}

async function writeInto(file: Writable, { chunks, written, end }: Sending, keep: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const progress = new Progress('entries written', undefined);
  let shown = 0;
  const watched = async function* () {
    for await (const chunk of chunks) {
      progress.advance(written() - shown);
      shown = written();
      yield chunk;
    }
  };
  let arrived = false;
  try {
    await pipeline(watched, file, { signal: stop.signal });
    await keep();
    arrived = true;
  } finally {
    progress.finish();
    await end(arrived);
  }
}

function textOf(one: Export): string {
  const { list, recipient, format, state, until } = { ...one, ...shownExport(one) };
  const [last] = one.downloads;
  const lines = [
    `export ${exportIdOf(one.id)} of list ${list} for ${recipient}, format ${format}: ${state}, until ${until ?? 'now'}`,
  ];
  if (!last) return lines.join('\n');
  const { entries, hashes, canaries, leftOut, losses, bytes, sha256 } = last.receipt;
  return [
    ...lines,
    `${count(entries, 'entry', 'entries')} with ${count(hashes, 'hash', 'hashes')}, of which ${count(canaries, 'canary', 'canaries')}; ${count(bytes, 'byte')}`,
    last.state === 'complete' ? `SHA-256 ${sha256}` : `the download is ${last.state}: the file is not complete`,
    ...(leftOut > 0 ? [`left out: ${count(leftOut, 'entry', 'entries')} without a hash that the format can carry`] : []),
    ...Object.entries(losses).map(([name, number]) => `  lost ${name}: ${count(number, 'entry', 'entries')}`),
  ].join('\n');
}

async function assertNew(out: string): Promise<void> {
  if (await stat(out).catch(() => undefined)) throw new UsageError(`${out} exists already; give another name with --out`);
}

function uuidOf(id: string): string {
  const uuid = uuidOfExportId(id);
  if (uuid) return uuid;
  throw new UsageError(`expected the id of an export, such as exp_ and 32 digits, got "${id}"`);
}
