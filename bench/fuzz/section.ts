import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { FuzzResults, FuzzRun } from './results.js';

const columns = [
  'decoder',
  'format',
  'files',
  'seconds',
  'crashes',
  'not reproduced',
  'killed',
  'late',
  'rejected',
  'slowest ms',
  'left behind',
  'early MiB',
  'end MiB',
  'peak MiB',
];

export function fuzzSection({ environment, runs }: FuzzResults): string {
  const reasons = [...new Set(runs.flatMap(({ answers }) => Object.keys(answers)))].sort();
  const answers = runs.map((run) => [
    run.decoder,
    run.format ?? 'all',
    ...reasons.map((reason) => figures(run.answers[reason] ?? 0)),
  ]);
  return `## Fuzzing

\`npm run fuzz:images -- --count ${runs[0]?.count} --seed ${runs[0]?.seed}\` mutates ${runs[0]?.originals} files that cover every format,
and then as many mutated files of each format that sharp does not decode alone. A mutation flips bits, overwrites
or removes parts, splices two files, or changes lengths and dimensions in the file structure. Every mutated file passes through
the imaging client with the limits of production.

${environmentLine(environment)}

${markdownTable(columns, runs.map(row))}

- *crashes*: images that crash their imaging process. The client answers \`decoder_crashed\`; other images are not affected.
- *not reproduced*: crashes that did not happen again when the image was tried alone.
- *killed*: images whose process was killed because of its time or memory. *late*: images that were killed in the run but answered
  in time when tried alone, because the machine was busy.
- *rejected*: calls that ended without an answer. *left behind*: processes that were still alive at the end.
- *slowest*: longest time from call to answer, including the wait in the queue.
- *MiB*: memory of the largest imaging process, after a tenth of the images, at the end, and at its peak.
${found('crashed', runs, ({ crashes }) => crashes)}${found('killed', runs, ({ killed }) => killed)}
Answers by decoder:

${markdownTable(['decoder', 'format', ...reasons], answers)}
`;
}

const figures = (count: number): string => (count < 1_000 ? String(count) : figure(count));

function row(run: FuzzRun): string[] {
  const {
    decoder,
    format = 'all',
    count,
    seconds,
    crashes,
    unreproduced,
    killed,
    late,
    rejected,
    slowestMs,
    leftBehind,
    memoryMiB,
  } = run;
  const { early, end, peak } = memoryMiB;
  const counts = [crashes.length, unreproduced, killed.length, late, rejected, slowestMs, leftBehind, early, end, peak];
  return [decoder, format, figures(count), figure(seconds), ...counts.map(figures)];
}

function found(what: string, runs: readonly FuzzRun[], of: (run: FuzzRun) => FuzzRun['crashes']): string {
  const lines = runs.flatMap((run) =>
    of(run).map(
      ({ index, file }) =>
        `- ${what}: ${file}, \`--decoder ${run.decoder}${run.format ? ` --format ${run.format}` : ''} --seed ${run.seed} --only ${index}\`\n`,
    ),
  );
  return lines.join('');
}
