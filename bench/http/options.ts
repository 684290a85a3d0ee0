import { Command, InvalidArgumentError } from 'commander';

export interface Options {
  /** Numbers of known hashes; one service each. */
  readonly sizes: readonly number[];
  readonly quick: boolean;
  readonly repetitions: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Folder for CPU profiles of the services. */
  readonly profile: string | undefined;
}

const help = {
  hashes: 'known hashes to match against (default: 10000 1000000, quick: 10000)',
  seconds: 'seconds a scenario (default: 10, quick: 2)',
  quick: 'short, once, to bench/results/quick.json; leaves BENCH.md alone',
  profile: 'let the services write CPU profiles to this folder',
};

/** Reads the command line; ends the process with a message when it is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command('npm run bench --')
    .option('--hashes <n...>', help.hashes, (text, earlier: number[] = []) => [...earlier, whole(text)])
    .option('--seconds <s>', help.seconds, whole)
    .option('--quick', help.quick)
    .option('--profile <folder>', help.profile)
    .parse(argv);
  const { hashes, seconds, quick = false, profile } = command.opts<Given>();
  return {
    sizes: hashes ?? (quick ? [10_000] : [10_000, 1_000_000]),
    quick,
    repetitions: quick ? 1 : 3,
    warmUpSeconds: quick ? 0.5 : 2,
    seconds: seconds ?? (quick ? 2 : 10),
    profile,
  };
}

interface Given {
  hashes?: number[];
  seconds?: number;
  quick?: boolean;
  profile?: string;
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1 to 999999999');
  return Number(text);
}
