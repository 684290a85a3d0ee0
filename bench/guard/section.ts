import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { TimingResults } from './results.js';

const micros = (value: number) => value.toFixed(1);

export function timingSection({ environment, samples, batch, rows }: TimingResults): string {
  const lines = rows.map(({ entries, near, far, interval: [from, to] }) => [
    String(entries),
    micros(near),
    micros(far),
    micros(near - far),
    `${micros(from)} to ${micros(to)}`,
    from > 0 || to < 0 ? '**noticed**' : '',
  ]);
  return `## Hidden lists and time

Can a caller notice by time what lists hold that it may not match? \`npm run bench:timing\` asks batches of ${figure(batch)} queries that
are near entries of a hidden list, in turns with batches that are near nothing. ${figure(samples)} samples of each; times of a batch in
microseconds; the interval of the difference of the medians holds 99 % of 400 bootstrap draws. An interval that contains 0 means that
the list was not noticed.

${environmentLine(environment)}

${markdownTable(['hidden entries', 'near them', 'near none', 'difference', '99 %', ''], lines)}
`;
}
