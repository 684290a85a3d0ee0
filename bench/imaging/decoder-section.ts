/** What BENCH.md says of a run of `npm run bench:decoders`. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { DecoderResults } from './decoder-results.js';

export function decoderSection({ environment, rounds, images, startMs, memoryMiB }: DecoderResults): string {
  const row = (name: string, { native, wasm }: DecoderResults['startMs']) => [
    name,
    figure(native),
    figure(wasm),
    `${(wasm / native).toPrecision(2)}x`,
  ];
  const rows = [
    ...images.map(({ name, ms }) => row(name, ms)),
    row('start of a process', startMs),
    row('memory after that, MiB', memoryMiB),
  ];
  return `## Native and WebAssembly decoders

\`npm run bench:decoders\`: the same files, in turns, through one imaging process of each decoder; ms from the file to its hashes, medians of
${rounds} rounds.

${environmentLine(environment)}

${markdownTable(['', 'native', 'wasm', 'ratio'], rows)}
`;
}
