import { flipBits, type Random, randomFrom, randomHash } from '../random.js';

export const batchItems = 100;
const knownEvery = 20;
/** Bits. Lists remove up to 16 without a second algorithm. */
const maxFlipped = 10;
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
  /** True if an answer has `count` verdicts, each the right one for the hash that it repeats. */
  check(body: string, count: number): boolean;
}

/** One query in `every` is near a hash of `known`, which must be in a list with the action `remove`. The others match nothing. */
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

// The load generator shares the cores with the service. This regular expression needs an eighth of the time of JSON.parse.
const verdictAndQuery = /"verdict":"(\w+)".*?"hashes":\{"pdq":"([0-9a-f]{64})"/g;

function isRight(body: string, count: number, copies: ReadonlySet<string>): boolean {
  let found = 0;
  for (const [, verdict, pdq = ''] of body.matchAll(verdictAndQuery)) {
    if (verdict !== (copies.has(pdq) ? 'remove' : 'no_known_match')) return false;
    found++;
  }
  return found === count;
}
