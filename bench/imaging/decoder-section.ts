import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { DecoderResults } from './decoder-results.js';

export function decoderSection({ environment, rounds, images, startMs, memoryMiB }: DecoderResults): string {
  const row = (name: string, { native, wasm }: DecoderResults['startMs']) => [
    name,
    figure(native),
    figure(wasm),
    `${(wasm / native).toPrecision(2)}x`,
  ];
  const rows = [...images.map(({ name, ms }) => row(name, ms)), row('process start', startMs), row('memory, MiB', memoryMiB)];
  return `## Native and WebAssembly decoders

\`npm run bench:decoders\` sends the same files to one imaging process of each decoder in turns. The table shows the ms from a file to its
hashes (median of ${rounds} rounds), the ms to start a process, and the memory of the process at the end.

${environmentLine(environment)}

${markdownTable(['ms', 'native', 'wasm', 'ratio'], rows)}
`;
}
