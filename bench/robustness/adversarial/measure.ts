/** Enrols one picture of each pair, asks for the other, and then the other way round. */
import type { Candidate } from '../../../src/domain/verdict.js';
import { decisionOn, numberOf, type Pipeline } from '../pipeline.js';
import type { Tempted } from '../results.js';
import type { Pair, Temptation } from './pair.js';

const concurrentPairs = 4;

/** One question that had an answer. */
export interface Answer {
  readonly temptation: Temptation;
  readonly seed: number;
  readonly isReversed: boolean;
  readonly verdict: 'remove' | 'hold_for_review';
  readonly candidates: readonly Candidate[];
}

export interface Listener {
  advance(): void;
  /** Called for each pair that is removed or held. */
  answered(answer: Answer): void;
}

const silent: Listener = { advance: () => undefined, answered: () => undefined };

/** Every pair of one temptation shows other photographs. */
export async function measureAdversarial(
  start: () => Promise<Pipeline>,
  temptations: readonly Temptation[],
  seeds: readonly number[],
  { advance, answered }: Listener = silent,
): Promise<Tempted[]> {
  const pipeline = await start();
  try {
    const counts = temptations.map(({ kind, name }) => ({ kind, name, pairs: 0, removed: 0, held: 0 }));
    const waiting = counts.flatMap((count, at) => seeds.map((seed) => ({ count, temptation: temptations[at], seed })));
    let entries = 0;
    const work = async () => {
      for (let next = waiting.shift(); next?.temptation; next = waiting.shift()) {
        const { count, temptation, seed } = next;
        for (const [turn, pair] of directionsOf(await temptation.build(seed), temptation).entries()) {
          count.pairs++;
          const candidates = await compare(pipeline, ++entries, pair);
          const { verdict } = decisionOn(candidates);
          if (verdict === 'remove') count.removed++;
          else if (verdict === 'hold_for_review') count.held++;
          else continue;
          answered({ temptation, seed, isReversed: turn === 1, verdict, candidates });
        }
        advance();
      }
    };
    await Promise.all(Array.from({ length: concurrentPairs }, work));
    return counts;
  } finally {
    await pipeline.close();
  }
}

function directionsOf({ enrolled, asked }: Pair, { oneWay }: Temptation): Pair[] {
  return oneWay
    ? [{ enrolled, asked }]
    : [
        { enrolled, asked },
        { enrolled: asked, asked: enrolled },
      ];
}

/** Other pairs show the same photographs, so only the candidates of this entry count. A refused picture has none. */
async function compare(pipeline: Pipeline, entry: number, { enrolled, asked }: Pair): Promise<Candidate[]> {
  if (!(await pipeline.enrol(entry, enrolled))) return [];
  const { candidates } = await pipeline.query(asked);
  return candidates.filter((candidate) => numberOf(candidate) === entry);
}
