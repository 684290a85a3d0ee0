/** What it costs to recover a stored hash: several attackers against the guard and the rounding of distances. */

import { withRoundedDistances } from '../../src/domain/match-disclosure.js';
import type { Match } from '../../src/domain/verdict.js';
import { EnumerationGuard } from '../../src/service/abuse/enumeration-guard.js';
import { countBits, flipBits, type Random, randomHash } from '../random.js';

/** What one question shows: null is no match. */
interface Answer {
  readonly action: 'remove' | 'hold_for_review';
  readonly distance: number | null;
}
type Ask = (hash: string) => Answer | null;

const key = new Uint8Array(32).fill(7);
const limits = { alertAt: 64, bandsAt: 128 };

export interface Attack {
  readonly questions: number;
  readonly recovered: boolean;
  readonly firstAlert: number | null;
  readonly firstBands: number | null;
}

/** `keys` of one organisation ask in turns, `perHour` questions per hour. */
export function attack(
  random: Random,
  attacker: (ask: Ask, start: string, random: Random) => string,
  { away, keys = 1, perHour = 1_000_000 }: { away: number; keys?: number; perHour?: number },
): Attack {
  const secret = randomHash(random);
  let [questions, now] = [0, 0];
  let firstAlert: number | null = null;
  let firstBands: number | null = null;
  const guard = new EnumerationGuard({ limits, key, log: { warn() {} }, record: async () => {}, now: () => now });
  const ask: Ask = (hash) => {
    const caller = { key: `key ${questions % keys}`, organisation: 'attacker' };
    questions++;
    now += 3_600_000 / perHour;
    const distance = distanceOf(hash, secret);
    guard.observe(caller, hash);
    if (distance <= 31) guard.observeMatch(caller, hash, undefined);
    if (guard.alerts > 0) firstAlert ??= questions;
    const telling = guard.tells(caller);
    if (telling !== 'distances') firstBands ??= questions;
    if (distance > 31) return null;
    return { action: distance <= 16 ? 'remove' : 'hold_for_review', distance: telling === 'distances' ? shown(distance) : null };
  };
  const recovered = attacker(ask, flipBits(secret, away, random), random) === secret;
  return { questions, recovered, firstAlert, firstBands };
}

/** One flip of each bit, judged by the distance. */
export function flipEachBit(ask: Ask, start: string): string {
  const from = ask(start)?.distance ?? 0;
  let found = start;
  for (let bit = 0; bit < 256; bit++) {
    const distance = ask(flipped(start, bit))?.distance ?? from;
    if (distance < from) found = flipped(found, bit);
  }
  return found;
}

/** Walks to a distance at which the answer changes, then flips each bit there. It needs no distances. */
export function walkTheEdge(ask: Ask, start: string, random: Random): string {
  const order = Array.from({ length: 256 }, (_, bit) => bit).sort(() => random() - 0.5);
  const told = (hash: string) => ask(hash)?.action ?? 'nothing';
  let edge = start;
  const first = told(edge);
  for (const bit of order) {
    const next = flipped(edge, bit);
    if (told(next) !== first) break;
    edge = next;
  }
  let found = edge;
  // At the edge, a flip of a right bit changes the answer, and a flip of a wrong one does not.
  for (let bit = 0; bit < 256; bit++) if (told(flipped(edge, bit)) === first) found = flipped(found, bit);
  return found;
}

function flipped(hash: string, place: number): string {
  const bytes = Buffer.from(hash, 'hex');
  bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
  return bytes.toString('hex');
}

function distanceOf(a: string, b: string): number {
  let distance = 0;
  for (let at = 0; at < 64; at += 8)
    distance += countBits(Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16));
  return distance;
}

function shown(distance: number): number | null {
  const how = {
    algorithm: 'pdq',
    variant: 'full',
    threshold: 31,
    orientation: 'identity',
    negative: false,
    corroborated: false,
    transformation: null,
  } as const;
  const match: Match = {
    ...{ ...how, distance, entry: 'ent_1', list: 'known', class: 'ncii_adult', matchType: 'near', policyVersion: 1 },
    ...{ band: 'tight', action: 'remove' },
  };
  return withRoundedDistances({ matches: [match] }, () => 3).matches[0]?.distance ?? null;
}
