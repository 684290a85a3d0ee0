import { Command } from 'commander';
import { z } from 'zod';
import type { Config } from '../config.js';
import { VigieError } from '../domain/errors.js';
import { commandLine } from '../domain/key.js';
import { verdictNames } from '../domain/verdict.js';
import { eachImage } from './each-image.js';
import { type Found, findFiles } from './files.js';
import { jsonLinesOption } from './options.js';
import { currentConfig, exitCodes, withService } from './run.js';

/** The fields that the command shows without `--json`. */
const verdictShape = z.looseObject({
  verdict: z.enum(verdictNames),
  reason: z.string().nullable(),
  matches: z.array(
    z.looseObject({
      list: z.string(),
      entry: z.string().nullable(),
      matchType: z.string(),
      algorithm: z.string().nullable(),
      distance: z.number().nullable(),
      band: z.string().nullable(),
      orientation: z.string().nullable(),
    }),
  ),
});
type Shown = z.output<typeof verdictShape>;
const problemShape = z.object({ code: z.string(), detail: z.string() });

/** A server decides itself, by its own limit. */
const maxSentBytes = 256 * 1024 * 1024;

type MatchBytes = (bytes: Buffer, number: number) => Promise<Shown>;

const exitCodeHelp = `
Exit codes:
  3  an image matches, whether or not other files failed
  1  none matches, and a file or folder could not be read or judged
  2  wrong usage
  0  none matches, and every file was judged
Files that fail, and pipes, sockets, devices and links to folders, are listed and counted.`;

/** With VIGIE_KEY, asks a running server over HTTP; otherwise starts a service in this process. */
export function matchCommand(): Command {
  return new Command('match')
    .description('match images against the hash lists')
    .argument('<path...>', 'files or folders')
    .addOption(jsonLinesOption())
    .addHelpText('after', exitCodeHelp)
    .action(match);
}

async function match(paths: string[], { json }: { json?: boolean }): Promise<void> {
  const found = await findFiles(paths);
  const config = currentConfig();
  const { VIGIE_KEY: key, VIGIE_IMAGING_PROCESSES: processes } = config;
  const width = processes * 3;
  if (key !== undefined && (await serverAnswers(config)))
    return matchAll(found, { json, width, maxBytes: maxSentBytes, act: overHttp(config, key) });
  await withService(({ matcher }) =>
    matchAll(found, {
      json,
      width,
      maxBytes: config.VIGIE_MAX_IMAGE_BYTES,
      act: async (bytes, number) =>
        verdictShape.parse(await matcher.matchImage(commandLine, `cli_${process.pid}_${Date.now()}_${number}`, bytes)),
    }),
  );
}

interface MatchOptions {
  readonly json: boolean | undefined;
  readonly width: number;
  readonly maxBytes: number;
  readonly act: MatchBytes;
}

function matchAll(found: readonly Found[], { act, ...options }: MatchOptions): Promise<void> {
  return eachImage<Shown>(found, {
    ...options,
    showsProgress: found.length > 1,
    async act(bytes, number) {
      const verdict = await act(bytes, number);
      if (verdict.matches.length > 0) process.exitCode = exitCodes.matchFound;
      return verdict;
    },
    document: (verdict) => verdict,
    text: textOf,
  });
}

/** Verdicts that show bands hide the algorithm, distance and orientation. */
function how({ matchType, algorithm, band, distance, orientation }: Shown['matches'][number]): string {
  const by = algorithm === null ? '' : ` by ${algorithm}`;
  const detail = distance === null ? `band ${band ?? 'not told'}` : `distance ${distance}, orientation ${orientation}`;
  return `${matchType} match${by}, ${detail}`;
}

function textOf(file: string, { verdict, reason, matches }: Shown): string {
  const head = `${verdict}  ${file}${reason ? `  (${reason})` : ''}`;
  const lines = matches.map((one) => `  list ${one.list}: ${how(one)}, entry ${one.entry ?? 'not told'}`);
  return [head, ...lines].join('\n');
}

function baseUrl({ VIGIE_HOST: host, VIGIE_PORT: port }: Config): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function serverAnswers(config: Config): Promise<boolean> {
  return fetch(`${baseUrl(config)}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function overHttp(config: Config, key: string): MatchBytes {
  return async (bytes) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' };
    const response = await fetch(`${baseUrl(config)}/v1/match`, { method: 'POST', headers, body: new Uint8Array(bytes) });
    const body: unknown = await response.json();
    if (response.ok) return verdictShape.parse(body);
    const { code, detail } = problemShape.parse(body);
    throw new VigieError('bad_request', `${response.status} ${code}: ${detail}`);
  };
}
