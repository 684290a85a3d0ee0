import { Command, InvalidArgumentError } from 'commander';

export interface Options {
  /** Images hashed to see whether memory stays flat. */
  readonly images: number;
  /** Runs of each contender at 640x480; larger images get fewer. */
  readonly runs: number;
  /** Folder of photographs for the distances of blockhash. */
  readonly photographs: string;
  /** Print the document and write no file. */
  readonly json: boolean;
}

const help = {
  images: 'images hashed to see whether memory stays flat (default: 10000)',
  runs: 'runs of each contender at 640x480, fewer of larger images (default: 200)',
  photographs: 'folder of photographs for the distances of blockhash (default: /usr/share/backgrounds; left out when absent)',
  json: 'print one JSON document, and write neither results nor BENCH.md',
};

/** Reads the command line; ends the process with a message when it is wrong. */
export function readOptions(argv: readonly string[]): Options {
  return new Command('npm run bench:imaging --')
    .option('--images <n>', help.images, (text) => whole(text, 10, 1_000_000), 10_000)
    .option('--runs <n>', help.runs, (text) => whole(text, 5, 10_000), 200)
    .option('--photographs <folder>', help.photographs, '/usr/share/backgrounds')
    .option('--json', help.json, false)
    .parse(argv)
    .opts<Options>();
}

function whole(text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  return value;
}
