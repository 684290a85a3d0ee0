import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { VigieError } from '../domain/errors.js';
import { type Found, inOrder, nameOf, type Path, printable } from './files.js';
import { Progress } from './progress.js';
import { count, exitCodes, print } from './run.js';

interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** What another service says about a file. */
export class FileProblem extends Error implements Problem {
  override readonly name = 'FileProblem';

  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** What became of one path: one line of `--json`. */
type Outcome<Done> = Named & ({ readonly done: Done } | { readonly error: Problem } | { readonly skipped: string });

interface Named {
  readonly file: string;
  /** Of a name that is not UTF-8. */
  readonly fileBase64?: string;
}

interface Work<Done> {
  readonly json: boolean | undefined;
  readonly showsProgress: boolean;
  readonly width: number;
  readonly maxBytes: number;
  /** `number` counts from 0. */
  act(image: Buffer, number: number): Promise<Done>;
  /** Without the name of the file. */
  document(done: Done): object;
  text(file: string, done: Done): string;
}

/** Acts on every image and prints a line for each. What cannot be read is listed and counted, and ends nothing. */
export async function eachImage<Done>(found: readonly Found[], work: Work<Done>): Promise<void> {
  const progress = work.showsProgress ? new Progress('files', found.length) : undefined;
  let failed = 0;
  let skipped = 0;
  const numbered = found.map((one, number) => ({ one, number }));
  for await (const outcome of inOrder(numbered, work.width, ({ one, number }) => outcomeOf(one, number, work))) {
    progress?.advance();
    if ('error' in outcome) failed++;
    if ('skipped' in outcome) skipped++;
    printOutcome(outcome, work);
  }
  progress?.finish();
  const isIncomplete = failed > 0 || found.some((one) => 'skipped' in one && one.given);
  // A match counts for more than a failure.
  if (isIncomplete) process.exitCode ??= exitCodes.failed;
  if (failed + skipped > 0) console.error(`${count(failed, 'file')} failed, ${count(skipped, 'file')} skipped`);
}

async function outcomeOf<Done>(found: Found, number: number, { maxBytes, act }: Work<Done>): Promise<Outcome<Done>> {
  const { path } = found;
  const named = { file: nameOf(path), ...(!isUtf8(path) && { fileBase64: path.toString('base64') }) };
  if ('skipped' in found) return { ...named, skipped: found.skipped };
  try {
    if ('error' in found) throw found.error;
    return { ...named, done: await act(await readImage(path, maxBytes), number) };
  } catch (error) {
    return { ...named, error: problemOf(error) };
  }
}

/** @throws VigieError `body_too_large`. */
async function readImage(path: Path, maxBytes: number): Promise<Buffer> {
  // A named pipe that has taken the place of the file would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw new VigieError('body_too_large', `the image has ${size} bytes, the limit is ${maxBytes}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ELOOP: 'a link that leads in a circle',
  ENOENT: 'gone, or a link that leads nowhere',
  EISDIR: 'a folder has taken its place',
  ENAMETOOLONG: 'its path is too long',
};

function problemOf(error: unknown): Problem {
  if (error instanceof VigieError || error instanceof FileProblem) return { code: error.code, detail: error.detail };
  const { code, message, syscall, cause } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined)
    return { code: 'unreadable', detail: reasons[code] ?? `${code} on ${syscall}` };
  return { code: 'internal', detail: cause instanceof Error ? `${message}: ${cause.message}` : message };
}

function printOutcome<Done>(outcome: Outcome<Done>, { json, document, text }: Work<Done>): void {
  const name = printable(outcome.file);
  if ('error' in outcome) print(json, outcome, `failed    ${name}: ${outcome.error.detail}`);
  else if ('skipped' in outcome) print(json, outcome, `skipped   ${name}: ${outcome.skipped}`);
  else {
    const { done, ...named } = outcome;
    print(json, { ...named, ...document(done) }, text(name, done));
  }
}
