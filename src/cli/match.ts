import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import type { Config } from '../config.js';
import { VigieError } from '../domain/errors.js';
import { commandLine } from '../domain/key.js';
import { verdictNames } from '../domain/verdict.js';
import { expandPaths, inOrder } from './files.js';
import { jsonLinesOption } from './options.js';
import { Progress } from './progress.js';
import { currentConfig, exitCodes, print, withService } from './run.js';

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

type Result = { file: string; verdict: Shown } | { file: string; error: { code: string; detail: string } };
type MatchBytes = (bytes: Buffer, number: number) => Promise<Shown>;

/** With VIGIE_KEY, asks a running server over HTTP; otherwise starts a service in this process. */
export function matchCommand(): Command {
  return new Command('match')
    .description('match images against the hash lists (exit code 3 if one matches)')
    .argument('<path...>', 'files or folders')
    .addOption(jsonLinesOption())
    .action(match);
}

async function match(paths: string[], { json }: { json?: boolean }): Promise<void> {
  const files = await expandPaths(paths);
  const config = currentConfig();
  const { VIGIE_KEY: key } = config;
  if (key !== undefined && (await serverAnswers(config))) return matchAll(files, config, json, overHttp(config, key));
  await withService(({ matcher }) =>
    matchAll(files, config, json, async (bytes, number) =>
      verdictShape.parse(await matcher.matchImage(commandLine, `cli_${process.pid}_${Date.now()}_${number}`, bytes)),
    ),
  );
}

async function matchAll(
  files: readonly string[],
  config: Config,
  json: boolean | undefined,
  matchBytes: MatchBytes,
): Promise<void> {
  const progress = files.length > 1 ? new Progress('files', files.length) : undefined;
  const numbered = files.map((file, number) => ({ file, number }));
  for await (const result of inOrder(numbered, config.VIGIE_IMAGING_PROCESSES * 3, (one) => matchFile(one, matchBytes))) {
    progress?.advance();
    if ('error' in result) process.exitCode = exitCodes.failed;
    else if (result.verdict.matches.length > 0) process.exitCode ??= exitCodes.matchFound;
    print(json, 'error' in result ? result : { file: result.file, ...result.verdict }, textOf(result));
  }
  progress?.finish();
}

async function matchFile({ file, number }: { file: string; number: number }, matchBytes: MatchBytes): Promise<Result> {
  try {
    return { file, verdict: await matchBytes(await readFile(file), number) };
  } catch (error) {
    if (!(error instanceof VigieError)) throw error;
    return { file, error: { code: error.code, detail: error.detail } };
  }
}

/** Verdicts that show bands hide the algorithm, distance and orientation. */
function how({ matchType, algorithm, band, distance, orientation }: Shown['matches'][number]): string {
  const by = algorithm === null ? '' : ` by ${algorithm}`;
  const detail = distance === null ? `band ${band ?? 'not told'}` : `distance ${distance}, orientation ${orientation}`;
  return `${matchType} match${by}, ${detail}`;
}

function textOf(result: Result): string {
  if ('error' in result) return `failed  ${result.file}: ${result.error.detail}`;
  const { verdict, reason, matches } = result.verdict;
  const head = `${verdict}  ${result.file}${reason ? `  (${reason})` : ''}`;
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
