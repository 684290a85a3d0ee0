/** Sends mutated files through the imaging client with the limits of production. */
import { existsSync } from 'node:fs';
import { type Decoder, type Imaging, startImaging } from '../../src/imaging/client.js';
import { memoryOf } from '../../src/imaging/memory-watch.js';
import { randomFrom } from '../random.js';
import type { Original } from './corpus.js';
import { mutate } from './mutate.js';
import type { FuzzRun } from './results.js';

export interface FuzzOptions {
  readonly decoder: Decoder;
  readonly seed: number;
  readonly count: number;
  readonly children?: number | undefined;
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: (done: number) => void;
}

/** Spreads the seeds over 2^32, so that two runs of a million files share no file. */
const seedStride = 0x9e3779b1;
const sampleEveryMs = 20;

export function mutant(originals: readonly Original[], seed: number, index: number): Original {
  const random = randomFrom(Math.imul(seed, seedStride) + index);
  // Neighbouring seeds start with similar numbers.
  for (let skip = 0; skip < 4; skip++) random();
  const pick = (): Original => originals[Math.floor(random() * originals.length)] ?? { name: 'nothing', bytes: Buffer.alloc(0) };
  const { name, bytes } = pick();
  return { name, bytes: mutate(bytes, pick().bytes, random) };
}

/** Failures of the decoder are part of the result and do not reject. */
export async function fuzz(originals: readonly Original[], options: FuzzOptions): Promise<FuzzRun> {
  const { decoder, seed, count, children, deadlineMs, onProgress } = options;
  const causes: string[] = [];
  const log = { warn: (details: object) => causes.push(JSON.stringify(details)) };
  const imaging = startImaging({ decoder, children, deadlineMs, log });
  await imaging.ready;
  const watch = new MemoryWatch(imaging);
  const tally = new Tally();
  const startedAt = performance.now();
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const { name, bytes } = mutant(originals, seed, index);
      await tally.count(index, name, () => imaging.hash(bytes));
      if (++done === Math.ceil(count / 10)) watch.early = watch.memory();
      onProgress?.(done);
    }
  };
  // Two per child, so that no child waits and a lost image always has another image waiting behind it.
  await Promise.all(Array.from({ length: 2 * imaging.stats().pids.length }, lane));
  const seconds = (performance.now() - startedAt) / 1_000;
  const memoryMiB = watch.end();
  await imaging.close();
  const unprovoked = causes.filter((cause) => !cause.includes('"killReason"')).length;
  const { lost, ...counts } = tally.result();
  const { crashes, killed } = await retryAlone(originals, options, lost);
  const late = lost.length - crashes.length - killed.length;
  const unreproduced = Math.max(0, unprovoked - crashes.length);
  const leftBehind = [...watch.pids].filter((pid) => existsSync(`/proc/${pid}/exe`)).length;
  const found = { crashes, killed, late, unreproduced };
  return { decoder, seed, count, originals: originals.length, seconds, ...counts, ...found, leftBehind, memoryMiB };
}

type Found = FuzzRun['crashes'][number];

/** Tries each lost image again in its own process, because a busy machine also loses images. */
async function retryAlone(
  originals: readonly Original[],
  { decoder, seed, deadlineMs }: FuzzOptions,
  suspects: readonly Found[],
) {
  const crashes: Found[] = [];
  const killed: Found[] = [];
  for (const suspect of suspects) {
    const causes: string[] = [];
    const log = { warn: (details: object) => causes.push(JSON.stringify(details)) };
    const imaging = startImaging({ decoder, children: 1, deadlineMs, log });
    await imaging.hash(mutant(originals, seed, suspect.index).bytes);
    await imaging.close();
    if (causes.length > 0) (causes.some((cause) => cause.includes('"killReason"')) ? killed : crashes).push(suspect);
  }
  return { crashes, killed };
}

class Tally {
  readonly #answers: Record<string, number> = {};
  readonly #lost: Found[] = [];
  #rejected = 0;
  #slowestMs = 0;

  async count(index: number, file: string, hash: () => ReturnType<Imaging['hash']>): Promise<void> {
    const began = performance.now();
    try {
      const result = await hash();
      const answer = 'unscannable' in result ? result.unscannable : 'hashed';
      this.#answers[answer] = (this.#answers[answer] ?? 0) + 1;
      if (answer === 'decoder_crashed' || answer === 'timeout') this.#lost.push({ index, file });
    } catch {
      this.#rejected++;
    }
    this.#slowestMs = Math.max(this.#slowestMs, Math.round(performance.now() - began));
  }

  result() {
    return { answers: this.#answers, lost: this.#lost, rejected: this.#rejected, slowestMs: this.#slowestMs };
  }
}

class MemoryWatch {
  readonly pids = new Set<number>();
  early = 0;
  #peak = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(readonly imaging: Imaging) {
    this.#timer = setInterval(() => this.memory(), sampleEveryMs);
  }

  memory(): number {
    const { pids } = this.imaging.stats();
    for (const pid of pids) this.pids.add(pid);
    const largest = Math.round(Math.max(0, ...pids.map((pid) => memoryOf(pid) ?? 0)) / 2 ** 20);
    this.#peak = Math.max(this.#peak, largest);
    return largest;
  }

  end() {
    clearInterval(this.#timer);
    const end = this.memory();
    return { early: this.early, end, peak: this.#peak };
  }
}
