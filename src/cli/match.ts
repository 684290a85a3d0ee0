import { Command } from 'commander';
import { type Match, type MatchResult, type Verdict, Vigie, VigieError } from '../client/index.js';
import type { Config } from '../config.js';
import { commandLine } from '../domain/key.js';
import { eachImage, FileProblem } from './each-image.js';
import { type Found, findFiles, printable } from './files.js';
import { jsonLinesOption, keyOption } from './options.js';
import { currentConfig, exitCodes, UsageError, withService } from './run.js';

/** The fields that the command shows without `--json`. */
interface Shown {
  readonly verdict: Verdict['verdict'];
  readonly reason: Verdict['reason'];
  readonly matches: readonly Pick<Match, 'list' | 'entry' | 'matchType' | 'algorithm' | 'distance' | 'band' | 'orientation'>[];
}

/** A server decides itself, by its own limit. */
const maxSentBytes = 256 * 1024 * 1024;
/** Nobody waits for a single upload, so a busy service gets time. */
const httpTimeoutMs = 120_000;

type MatchBytes = (bytes: Buffer, number: number) => Promise<Shown>;

const exitCodeHelp = `
Exit codes:
  3  an image matches, whether or not other files failed
  1  none matches, and a file or folder could not be read or judged
  2  wrong usage
  0  none matches, and every file was judged
Files that fail, and pipes, sockets, devices and links to folders, are listed and counted.`;

/**
 * With `--url`, asks that service. Without it, and with a key, asks the service on this machine if one runs. Otherwise starts a service
 * in this process.
 */
export function matchCommand(): Command {
  return new Command('match')
    .description('match images against the hash lists')
    .argument('<path...>', 'files or folders')
    .option('--url <url>', 'match with the service at this address, for example https://vigie.example.org')
    .addOption(keyOption())
    .addOption(jsonLinesOption())
    .addHelpText('after', exitCodeHelp)
    .action(match);
}

interface Options {
  readonly json?: boolean;
  readonly url?: string;
  readonly key?: string;
}

async function match(paths: string[], { json, url, key: given }: Options): Promise<void> {
  const config = currentConfig();
  const key = given ?? config.VIGIE_KEY;
  if (url !== undefined && key === undefined)
    throw new UsageError('--url needs a key of role platform: set VIGIE_KEY, or use --key');
  const found = await findFiles(paths);
  const width = config.VIGIE_IMAGING_PROCESSES * 3;
  if (key !== undefined && (url !== undefined || (await serverAnswers(config))))
    return matchAll(found, { json, width, maxBytes: maxSentBytes, act: overHttp(url ?? baseUrl(config), key) });
  await withService(({ matcher }) =>
    matchAll(found, {
      json,
      width,
      maxBytes: config.VIGIE_MAX_IMAGE_BYTES,
      act: (bytes, number) => matcher.matchImage(commandLine, `cli_${process.pid}_${Date.now()}_${number}`, bytes),
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

/** @throws UsageError if the url or the key is malformed. */
function overHttp(url: string, key: string): MatchBytes {
  const client = clientOf(url, key);
  return async (bytes) => {
    try {
      return judged(await client.match(bytes));
    } catch (error) {
      throw error instanceof VigieError ? new FileProblem(error.code, printable(error.message)) : error;
    }
  };
}

/** @throws FileProblem if the exit code would say "none matches" without a verdict. */
function judged(result: MatchResult): Shown {
  if (result.verdict === 'unavailable') throw new FileProblem(result.code, printable(`no verdict: ${result.detail}`));
  const unknown = result.verdict === 'hold_for_review' ? result.unknownVerdict : undefined;
  if (unknown === undefined || result.matches.length > 0) return result;
  const detail = `the service answers with the verdict "${unknown}", which this version does not know; update vigie`;
  throw new FileProblem('unknown_verdict', printable(detail));
}

function clientOf(url: string, key: string): Vigie {
  try {
    return new Vigie({ url, key, timeoutMs: httpTimeoutMs });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(`--${error.message}`) : error;
  }
}
