import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { IndexedEntry } from '../../src/domain/entry.js';
import { hammingDistance } from '../../src/domain/hash.js';
import type { Hit } from '../../src/domain/verdict.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { exact } from '../support/exact.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { draft, verified } from '../support/standing.js';
import { factsOf, hashOf, inOrder, pageOf } from './entries.js';

const workers = await startIndexWorkerPool(1);
afterAll(() => workers.close());

const random = randomFrom(5);
const base = randomHash(random);
/** Few and near each other, so that entries share hashes. */
const values = [base, flipBits(base, 4, random), flipBits(base, 12, random), flipBits(base, 40, random), randomHash(random)];
const algorithms = ['pdq', 'blockhash', 'sha256'] as const;

const entries: readonly IndexedEntry[] = Array.from({ length: 10 }, (_, number) => ({
  ...factsOf(number + 1),
  hashes: Array.from({ length: 4 }, (_, at) => {
    const algorithm = algorithms[(number + at) % 3] ?? 'pdq';
    return hashOf(number * 4 + at + 1, algorithm, values[(number * 3 + at * 2) % values.length] ?? base, {
      variant: `crop_${at}`,
    });
  }),
}));

type Step =
  | { readonly add: number; readonly verified: boolean }
  | { readonly remove: readonly number[] }
  | { readonly clear: true };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ add: fc.nat(9), verified: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ remove: fc.array(fc.integer({ min: 0, max: 45 }), { maxLength: 6 }) }) },
  { weight: 1, arbitrary: fc.constant({ clear: true as const }) },
);

class Model {
  private readonly held = new Map<number, { entry: IndexedEntry; at: number }>();
  private readonly verified = new Map<string, boolean>();

  apply(one: Step): void {
    if ('clear' in one) this.held.clear();
    else if ('remove' in one) for (const ordinal of one.remove) this.held.delete(ordinal);
    else {
      const entry = entries[one.add];
      if (!entry) return;
      this.verified.set(entry.id, one.verified);
      for (const [at, { ordinal }] of entry.hashes.entries()) this.held.set(ordinal, { entry, at });
    }
  }

  get size(): number {
    return this.held.size;
  }

  hits(algorithm: string, query: string, radius: number): Hit[] {
    return [...this.held.values()].flatMap(({ entry, at }) => {
      const hash = entry.hashes[at];
      if (!hash || hash.algorithm !== algorithm) return [];
      const distance = hammingDistance(query, Buffer.from(hash.value).toString('hex'));
      if (distance > radius) return [];
      const { value: _, ...described } = hash;
      const { hashes: __, ...facts } = entry;
      return [{ ...described, distance, entry: { ...facts, standing: this.verified.get(entry.id) ? verified : draft } }] as Hit[];
    });
  }
}

async function apply(index: MemoryIndex, one: Step): Promise<void> {
  if ('clear' in one) await index.load(pageOf(), 0);
  else if ('remove' in one) index.remove(one.remove);
  else {
    const entry = entries[one.add];
    if (entry) index.add({ ...entry, standing: one.verified ? verified : draft });
  }
}

describe('MemoryIndex, after any sequence of add, remove and load', () => {
  it('answers as a plain map does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(0, 8, 31, 63), async (steps, radius) => {
        const index = new MemoryIndex(workers);
        const model = new Model();
        for (const one of steps) {
          await apply(index, one);
          model.apply(one);
        }
        expect(index.size).toBe(model.size);
        for (const algorithm of ['pdq', 'blockhash'] as const) {
          const answers = await index.search(algorithm, values, radius);
          expect(answers.map(inOrder)).toEqual(values.map((query) => inOrder(model.hits(algorithm, query, radius))));
        }
        const found = await Promise.all(values.map((hex) => index.lookup([exact('sha256', hex)])));
        expect(found.map(inOrder)).toEqual(values.map((hex) => inOrder(model.hits('sha256', hex, 0))));
      }),
      { numRuns: 300 },
    );
  });
});
