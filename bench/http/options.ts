import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';

export interface Options {
  readonly sizes: readonly number[];
  readonly quick: boolean;
  readonly repetitions: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly profile: string | undefined;
}

const help = {
  hashes: 'known hashes; one service per number (default: 10000 1000000, with --quick: 10000)',
  seconds: 'seconds per scenario (default: 10, with --quick: 1)',
  quick: 'one short repetition; writes bench/results/quick.json and leaves BENCH.md unchanged',
  profile: 'write CPU profiles of the services to this folder',
};

const whole = wholeNumber(1, 999_999_999);

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
    warmUpSeconds: quick ? 0.3 : 2,
    seconds: seconds ?? (quick ? 1 : 10),
    profile,
  };
}

interface Given {
  hashes?: number[];
  seconds?: number;
  quick?: boolean;
  profile?: string;
}
