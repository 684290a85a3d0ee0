/** What BENCH.md says of a run of `npm run fuzz:images`. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { FuzzResults, FuzzRun } from './results.js';

const columns = [
  'decoder',
  'files',
  'seconds',
  'crashes',
  'unreproduced',
  'ended',
  'late',
  'rejected',
  'slowest ms',
  'left behind',
  'MiB early',
  'MiB end',
  'MiB most',
];

export function fuzzSection({ environment, runs }: FuzzResults): string {
  const reasons = [...new Set(runs.flatMap(({ answers }) => Object.keys(answers)))].sort();
  const answers = runs.map((run) => [run.decoder, ...reasons.map((reason) => figures(run.answers[reason] ?? 0))]);
  return `## Fuzzing

\`npm run fuzz:images -- --count ${runs[0]?.count} --seed ${runs[0]?.seed}\`: ${runs[0]?.originals} files of every format, mutated by bits, ranges, cuts, splices and
the lengths and dimensions in their structure, each through the imaging client with the limits of production.

${environmentLine(environment)}

${markdownTable(columns, runs.map(row))}

- *crashes*: images that ended their imaging process by themselves, which is answered \`decoder_crashed\` and costs no other image;
  *unreproduced*: such ends that did not come again. *ended*: images ended for their time or memory; *late*: ended for their time in the
  run and answered in time alone, so the machine was busy. *rejected*: anything else than an answer.
- *slowest*: from handing it in to its answer, the wait for the image before it included. *MiB*: of the largest imaging process.
${found('crashed', runs, ({ crashes }) => crashes)}${found('was ended', runs, ({ ended }) => ended)}
Answers:

${markdownTable(['decoder', ...reasons], answers)}
`;
}

const figures = (count: number): string => (count < 1_000 ? String(count) : figure(count));

function row(run: FuzzRun): string[] {
  const { decoder, count, seconds, crashes, unreproduced, ended, late, rejected, slowestMs, leftBehind, memoryMiB } = run;
  const { early, end, most } = memoryMiB;
  const counts = [crashes.length, unreproduced, ended.length, late, rejected, slowestMs, leftBehind, early, end, most];
  return [decoder, figures(count), figure(seconds), ...counts.map(figures)];
}

/** Each of them, with what makes it again. */
function found(what: string, runs: readonly FuzzRun[], of: (run: FuzzRun) => FuzzRun['crashes']): string {
  const lines = runs.flatMap((run) =>
    of(run).map(({ index, file }) => `- ${what}: ${file}, \`--decoder ${run.decoder} --seed ${run.seed} --only ${index}\`\n`),
  );
  return lines.join('');
}
