import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { type Imaging, startImaging } from '../../src/imaging/client.js';
import { photographs } from '../http/photographs.js';
import type { MemoryResult } from './results.js';

const parts = 10;
const concurrentImages = 16;

export async function watchMemory(count: number): Promise<MemoryResult> {
  const files = await mixedFiles();
  const imaging = startImaging();
  await imaging.ready;
  const residentMiB: number[][] = [];
  for (let part = 1; part <= parts; part++) {
    const [from, to] = [part - 1, part].map((one) => Math.round((count * one) / parts));
    await hashAll(imaging, files, from ?? 0, to ?? 0);
    residentMiB.push(imaging.stats().pids.map(resident));
  }
  const { restarts } = imaging.stats();
  await imaging.close();
  if (restarts > 0) throw new Error(`${restarts} imaging processes crashed`);
  return { images: count, residentMiB };
}

async function hashAll(imaging: Imaging, files: readonly Buffer[], from: number, to: number): Promise<void> {
  let next = from;
  const lane = async () => {
    while (next < to) {
      const result = await imaging.hash(files[next++ % files.length] ?? Buffer.of());
      if ('unscannable' in result) throw new Error(`an image is unscannable: ${result.unscannable}`);
    }
  };
  await Promise.all(Array.from({ length: concurrentImages }, lane));
}

async function mixedFiles(): Promise<Buffer[]> {
  const small = await photographs({ width: 640, height: 480 });
  const large = await photographs({ width: 1280, height: 960 });
  const [first = Buffer.of()] = small;
  const shrunk = () => sharp(first).resize(320, 240);
  const others = [shrunk().png(), shrunk().webp(), shrunk().gif(), shrunk().tiff()];
  return [...small, ...small, ...large.slice(0, 1), ...(await Promise.all(others.map((image) => image.toBuffer())))];
}

/** MiB of a process; 0 without /proc. */
function resident(pid: number): number {
  try {
    const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kib) / 1_024);
  } catch {
    return 0;
  }
}
