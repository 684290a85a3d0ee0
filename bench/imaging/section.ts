import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { ImagingResults, MemoryResult, SizeResult } from './results.js';

const baseline = 'sharp, bare decode';

export function taskTable(sizes: readonly SizeResult[]): string {
  const names = sizes[0]?.times.map(({ name }) => name) ?? [];
  const columns = ['ms', ...sizes.map(({ width, height }) => `${width}x${height}`)];
  const rows = names.map((name) => [name, ...sizes.map((size) => spread(size, name))]);
  const ratios = ['query', 'enrol'].map((purpose) => [
    `${purpose} task / bare decode`,
    ...sizes.map((size) => (medianOf(size, `task, ${purpose}`) / medianOf(size, baseline)).toFixed(2)),
  ]);
  return markdownTable(columns, [...rows, ...ratios]);
}

function medianOf({ times }: SizeResult, wanted: string): number {
  return times.find(({ name }) => name === wanted)?.median ?? Number.NaN;
}

function spread({ times }: SizeResult, wanted: string): string {
  const time = times.find(({ name }) => name === wanted);
  return time ? `${figure(time.median)} (${figure(time.lower)}-${figure(time.upper)})` : '';
}

export function imagingSection({ environment, sizes, pools, memory, blockhash }: ImagingResults): string {
  return `## Images

\`npm run bench:imaging\` measures each step on artificial photographs (JPEG) on one thread. The steps take turns. The table shows the median
and the quartiles in ms. A task is the complete work of an imaging process for one image. The kernels run on the full decoded image;
a task reduces images over 1024 px first.

${environmentLine(environment)}

${taskTable(sizes)}

### Processes and threads

Images of 640x480 hashed per second. The second row is the default: one process per core, two libuv threads (sharp needs one of its
own) and one libvips thread.

${markdownTable(
  ['processes', 'libuv threads', 'libvips threads', 'images/s'],
  pools.map(({ processes, uvThreads, vipsThreads, perSecond }) => [
    String(processes),
    String(uvThreads),
    String(vipsThreads),
    figure(perSecond),
  ]),
)}

### Memory

${memoryLine(memory)}
${blockhash.length === 0 ? '' : distancesText(blockhash)}`;
}

function memoryLine({ images, residentMiB }: MemoryResult): string {
  const sums = residentMiB.map((processes) => processes.reduce((sum, one) => sum + one, 0));
  const tenth = images / residentMiB.length;
  return `Total resident memory of ${residentMiB[0]?.length ?? 0} imaging processes in MiB, after each ${figure(tenth)} of ${figure(images)} images of five formats:
${sums.join(', ')}.
`;
}

function distancesText(blockhash: ImagingResults['blockhash']): string {
  return `### Blockhash distances

Distances in bits between photographs and the edited copies that PDQ finds. The last row shows unrelated photographs in the nearest of
eight orientations. The default threshold is 24.

${markdownTable(
  ['bits', 'pairs', 'min', 'p1', 'median', 'p90', 'p99', 'max'],
  blockhash.map(({ name, count, distances }) => [name, String(count), ...distances.map(String)]),
)}
`;
}
