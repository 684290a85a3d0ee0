/** What the load generator asks by hash, and how it knows the right answer. */
import { flipBits, type Random, randomFrom, randomHash } from '../random.js';

/** Items of a batch. */
export const batchItems = 100;
/** One query in so many is a copy of something known: a platform sees mostly new content. */
const knownEvery = 20;
/** Bits by which such a copy differs at most; lists remove without a second opinion up to 16. */
const maxFlipped = 10;
/** Different queries: enough that they do not all stay in the processor's caches. */
const queryCount = 10_000;
const batchCount = 100;
const querySeed = 77;

export interface HashQuery {
  readonly pdq: string;
  readonly blockhash: string;
  readonly isKnown: boolean;
}

export interface HashRequests {
  readonly single: readonly string[];
  readonly batches: readonly string[];
  readonly queries: readonly HashQuery[];
  /** Checks an answer to any of them: `count` verdicts, each the right one for the hash it repeats. */
  check(body: string, count: number): boolean;
}

/** Queries of which one in `every` is near one of `known`, hashes stored in a list whose action is `remove`; the others are far from everything. */
export function hashRequests(known: readonly string[], every = knownEvery): HashRequests {
  const random = randomFrom(querySeed);
  const queries = Array.from({ length: queryCount }, (_, at) => query(at, known, random, every));
  const copies = new Set(queries.filter(({ isKnown }) => isKnown).map(({ pdq }) => pdq));
  const single = queries.map((one) => JSON.stringify({ hashes: hashesOf(one) }));
  const batches = Array.from({ length: batchCount }, (_, number) => {
    const items = queries.slice(number * batchItems, (number + 1) * batchItems);
    return JSON.stringify({ items: items.map((one, at) => ({ id: String(at), hashes: hashesOf(one) })) });
  });
  return { single, batches, queries, check: (body, count) => isRight(body, count, copies) };
}

function query(at: number, known: readonly string[], random: Random, every: number): HashQuery {
  const stored = at % every === 0 ? known[at % known.length] : undefined;
  const blockhash = randomHash(random);
  if (stored === undefined) return { pdq: randomHash(random), blockhash, isKnown: false };
  return { pdq: flipBits(stored, Math.floor(random() * (maxFlipped + 1)), random), blockhash, isKnown: true };
}

function hashesOf({ pdq, blockhash }: HashQuery) {
  return { pdq, blockhash, quality: 100 };
}

// Not JSON.parse: the load generator shares the cores with the service, and this is an eighth of the work.
const verdictAndQuery = /"verdict":"(\w+)".*?"hashes":\{"pdq":"([0-9a-f]{64})"/g;

function isRight(body: string, count: number, copies: ReadonlySet<string>): boolean {
  let found = 0;
  for (const [, verdict, pdq = ''] of body.matchAll(verdictAndQuery)) {
    if (verdict !== (copies.has(pdq) ? 'remove' : 'no_known_match')) return false;
    found++;
  }
  return found === count;
}
