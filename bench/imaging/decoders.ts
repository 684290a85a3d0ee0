/** `npm run bench:decoders`: compares the native decoder with the WebAssembly decoder. */
import sharp, { type Sharp } from 'sharp';
import { decoders, type Imaging, startImaging } from '../../src/imaging/client.js';
import { memoryOf } from '../../src/imaging/memory-watch.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { photographs } from '../http/photographs.js';
import { median } from '../statistics.js';
import type { DecoderResults } from './decoder-results.js';
import { decoderSection } from './decoder-section.js';

const rounds = 25;
const warmUpRounds = 3;
const sizes = [
  { width: 640, height: 480 },
  { width: 1920, height: 1440 },
];
const formats: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  JPEG: (image) => image.jpeg({ quality: 85 }),
  PNG: (image) => image.png(),
  WebP: (image) => image.webp({ quality: 80 }),
  AVIF: (image) => image.avif({ quality: 50, effort: 2 }),
};

const results = await bench();
console.log(decoderSection(results));
await writeResult('decoders.json', results);
await writeReport();

async function bench(): Promise<DecoderResults> {
  const environment = describeEnvironment('One image at a time; the other process waits meanwhile.');
  const native = await started('native');
  const wasm = await started('wasm');
  const images: DecoderResults['images'] = [];
  for (const size of sizes) {
    const [photograph] = await photographs(size);
    for (const [format, save] of Object.entries(formats)) {
      const file = await save(sharp(photograph)).toBuffer();
      const times = { native: [] as number[], wasm: [] as number[] };
      for (let round = -warmUpRounds; round < rounds; round++) {
        for (const decoder of decoders) {
          const ms = await timed({ native, wasm }[decoder].imaging, file);
          if (round >= 0) times[decoder].push(ms);
        }
      }
      const ms = { native: median(times.native), wasm: median(times.wasm) };
      images.push({ name: `${size.width}x${size.height} ${format}`, ms });
      console.error(`${images.at(-1)?.name}: ${ms.native.toFixed(1)} ms, ${ms.wasm.toFixed(1)} ms`);
    }
  }
  const memoryMiB = { native: memory(native.imaging), wasm: memory(wasm.imaging) };
  await Promise.all([native.imaging.close(), wasm.imaging.close()]);
  return { environment, rounds, images, startMs: { native: native.ms, wasm: wasm.ms }, memoryMiB };
}

async function started(decoder: (typeof decoders)[number]): Promise<{ readonly imaging: Imaging; readonly ms: number }> {
  const began = performance.now();
  const imaging = startImaging({ decoder, children: 1, deadlineMs: 60_000 });
  await imaging.ready;
  return { imaging, ms: performance.now() - began };
}

async function timed(imaging: Imaging, file: Uint8Array): Promise<number> {
  const began = performance.now();
  const result = await imaging.hash(file);
  if ('unscannable' in result) throw new Error(`a photograph is unscannable: ${result.unscannable}`);
  return performance.now() - began;
}

function memory(imaging: Imaging): number {
  return Math.round((memoryOf(imaging.stats().pids[0]) ?? 0) / 2 ** 20);
}
