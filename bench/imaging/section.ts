/** What BENCH.md says of a run of `npm run bench:imaging`. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { ImagingResults, MemoryResult, SizeResult } from './results.js';

const baseline = 'sharp, bare decode';

/** Medians in ms, one column a size. */
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

\`npm run bench:imaging\`: JPEGs like photographs, one thread, all contenders of a size in turns; median (quartiles). The task is all that an
imaging process does with an image. The kernels get the decoded pixels; a task over 1024 px hands them a reduced image.

${environmentLine(environment)}

${taskTable(sizes)}

### Processes and threads

Images of 640x480 hashed a second. The second line is the default: one process a core, two threads of libuv (sharp needs one beside the
event loop's), one of libvips.

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
  return `Resident memory of ${residentMiB[0]?.length ?? 0} imaging processes together, after each ${figure(tenth)} of ${figure(images)} images of five formats, in MiB:
${sums.join(', ')}.
`;
}

function distancesText(blockhash: ImagingResults['blockhash']): string {
  return `
### Blockhash distances

Bits between photographs and those of their edited copies that PDQ finds, and between unrelated photographs in the nearest of eight
orientations. The default threshold is 24.

${markdownTable(
  ['', 'pairs', 'least', 'p1', 'median', 'p90', 'p99', 'most'],
  blockhash.map(({ name, count, distances }) => [name, figure(count), ...distances.map(String)]),
)}
`;
}
