/** Mutated files, one after the other, through the real imaging client with the limits of production. */
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
  /** Default: that of production. */
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: (done: number) => void;
}

/** More than its share of 2^32, so that no two runs of a million files share a file. */
const seedStride = 0x9e3779b1;
const lookEveryMs = 20;

/** The mutated file of an index, and the original that it was: the same for ever. */
export function mutant(originals: readonly Original[], seed: number, index: number): Original {
  const random = randomFrom(Math.imul(seed, seedStride) + index);
  // The first numbers of neighbouring seeds resemble each other.
  for (let skip = 0; skip < 4; skip++) random();
  const pick = (): Original => originals[Math.floor(random() * originals.length)] ?? { name: 'nothing', bytes: Buffer.alloc(0) };
  const { name, bytes } = pick();
  return { name, bytes: mutate(bytes, pick().bytes, random) };
}

/** Hashes `count` mutants. Never rejects for what the decoder does: that is what the run tells. */
export async function fuzz(originals: readonly Original[], options: FuzzOptions): Promise<FuzzRun> {
  const { decoder, seed, count, children, deadlineMs, onProgress } = options;
  const causes: string[] = [];
  const log = { warn: (details: object) => causes.push(JSON.stringify(details)) };
  const imaging = startImaging({ decoder, children, deadlineMs, log });
  await imaging.ready;
  const watch = new Watch(imaging);
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
  // Two for each child, so that none waits, and a lost one always has an innocent behind it.
  await Promise.all(Array.from({ length: 2 * imaging.stats().pids.length }, lane));
  const seconds = (performance.now() - startedAt) / 1_000;
  const memoryMiB = watch.end();
  await imaging.close();
  const byItself = causes.filter((cause) => !cause.includes('"killReason"')).length;
  const { lost, ...counts } = tally.result();
  const { crashes, ended } = await alone(originals, options, lost);
  const late = lost.length - crashes.length - ended.length;
  const unreproduced = Math.max(0, byItself - crashes.length);
  const leftBehind = [...watch.pids].filter((pid) => existsSync(`/proc/${pid}/exe`)).length;
  const found = { crashes, ended, late, unreproduced };
  return { decoder, seed, count, originals: originals.length, seconds, ...counts, ...found, leftBehind, memoryMiB };
}

type Found = FuzzRun['crashes'][number];

/** Tries each suspect once more in a process of its own: it may have been lost because the machine was busy, and this tells how. */
async function alone(originals: readonly Original[], { decoder, seed, deadlineMs }: FuzzOptions, suspects: readonly Found[]) {
  const crashes: Found[] = [];
  const ended: Found[] = [];
  for (const suspect of suspects) {
    const causes: string[] = [];
    const log = { warn: (details: object) => causes.push(JSON.stringify(details)) };
    const imaging = startImaging({ decoder, children: 1, deadlineMs, log });
    await imaging.hash(mutant(originals, seed, suspect.index).bytes);
    await imaging.close();
    if (causes.length > 0) (causes.some((cause) => cause.includes('"killReason"')) ? ended : crashes).push(suspect);
  }
  return { crashes, ended };
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

/** Remembers every process there was, and the most memory one had. */
class Watch {
  readonly pids = new Set<number>();
  early = 0;
  #most = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(readonly imaging: Imaging) {
    this.#timer = setInterval(() => this.memory(), lookEveryMs);
  }

  /** MiB of the largest process now. */
  memory(): number {
    const { pids } = this.imaging.stats();
    for (const pid of pids) this.pids.add(pid);
    const largest = Math.round(Math.max(0, ...pids.map((pid) => memoryOf(pid) ?? 0)) / 2 ** 20);
    this.#most = Math.max(this.#most, largest);
    return largest;
  }

  end() {
    clearInterval(this.#timer);
    const end = this.memory();
    return { early: this.early, end, most: this.#most };
  }
}
