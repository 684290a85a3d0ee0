/** `npm run bench:guard`: the cost of quotas and of the enumeration guard, and how well the guard detects probing. */

import { EnumerationGuard } from '../../src/service/abuse/enumeration-guard.js';
import { ProbeSketches } from '../../src/service/abuse/probe-sketches.js';
import { Quotas } from '../../src/service/abuse/quotas.js';
import { OrganisationCache } from '../../src/service/accounts/organisation-cache.js';
import { MatchDisclosure } from '../../src/service/matching/match-disclosure.js';
import { flipBits, randomFrom, randomHash } from '../random.js';
import { median } from '../statistics.js';
import { attack, flipEachBit, walkTheEdge } from './attackers.js';

const random = randomFrom(11);
const key = new Uint8Array(32).fill(7);
const caller = { key: 'k', organisation: 'o', person: 1, role: 'platform', trust: 'full', quotaMinute: 0, quotaDay: 0 } as const;
const limited = { ...caller, quotaMinute: 2_000_000_000, quotaDay: 2_000_000_000 };
const limits = { alertAt: 64, bandsAt: 128 };
const nothing = { verdict: 'no_known_match', reason: null, matches: [], removal: null } as const;
const hashes = Array.from({ length: 200_000 }, () => randomHash(random));
const sets = hashes.slice(0, 20_000).map((_, at) => Array.from({ length: 16 }, (__, of) => ({ value: hashes[at + of] ?? '' })));

/** Median ns of processor time per call, which other programs on the machine do not affect. */
function cost(calls: number, work: (at: number) => void): number {
  const rounds = Array.from({ length: 6 }, () => {
    const since = process.cpuUsage();
    for (let at = 0; at < calls; at++) work(at);
    const { user, system } = process.cpuUsage(since);
    return ((user + system) * 1e3) / calls;
  });
  return Math.round(median(rounds.slice(1)));
}

function newGuard(): EnumerationGuard {
  return new EnumerationGuard({ limits, key, log: { warn() {} }, record: async () => {} });
}

function costs(): void {
  const quotas = new Quotas({ minute: 0, day: 0 });
  const guard = newGuard();
  const disclosure = new MatchDisclosure({
    guard: newGuard(),
    organisationCache: new OrganisationCache(),
    listCache: { rights: () => new Set() },
    key,
  });
  console.log(`quotas, no limit           ${cost(200_000, () => quotas.spend(caller))} ns`);
  console.log(`quotas per minute and day  ${cost(200_000, () => quotas.spend(limited))} ns`);
  console.log(`guard, one hash            ${cost(200_000, (at) => guard.observe(caller, hashes[at]))} ns`);
  console.log(`guard, 16 hashes per query ${cost(20_000, (at) => guard.observe(caller, sets[at]))} ns`);
  console.log(
    `disclosure, no match       ${cost(200_000, (at) => disclosure.disclose(caller, nothing, { pdq: hashes[at] }))} ns`,
  );
  console.log(`alerts in these calls      ${guard.alerts}`);
}

/** Sends `others` unrelated queries before each probe. */
function probesUntil(distance: number, others: number): { alert: number; bands: number } {
  const sketches = new ProbeSketches(key);
  const picture = randomHash(random);
  let alert = 0;
  for (let probe = 1; probe <= 20_000; probe++) {
    for (let other = 0; other < others; other++) sketches.add(1, hashes[Math.floor(random() * hashes.length)] ?? '');
    const variants = sketches.add(1, flipBits(picture, distance, random));
    if (variants >= limits.alertAt) alert ||= probe;
    if (variants >= limits.bandsAt) return { alert, bands: probe };
  }
  return { alert, bands: Number.POSITIVE_INFINITY };
}

function detection(): void {
  for (const others of [0, 50]) {
    for (const distance of [4, 8, 16, 24, 31]) {
      const rounds = Array.from({ length: 5 }, () => probesUntil(distance, others));
      const [alert, bands] = [median(rounds.map((one) => one.alert)), median(rounds.map((one) => one.bands))];
      console.log(`1 in ${others + 1} queries is a probe at ${distance} bits: alert after ${alert} probes, bands after ${bands}`);
    }
  }
}

function falseAlarms(): void {
  const unrelated = new ProbeSketches(key);
  let max = 0;
  for (let at = 0; at < 3_000_000; at++) max = Math.max(max, unrelated.add(1, randomHash(random)));
  console.log(`3 000 000 unrelated hashes of one key: at most ${max} variants`);
  const viral = new ProbeSketches(key);
  const picture = randomHash(random);
  // Re-encoding changes the least certain bits of a hash: 6 to 22 of 256 ever differ (docs/decisions/0011).
  for (const uncertain of [6, 13, 22]) {
    let [min, max] = [Number.POSITIVE_INFINITY, 0];
    for (let round = 0; round < 20; round++) {
      const places = Array.from({ length: uncertain }, () => Math.floor(random() * 256));
      let variants = 0;
      for (let upload = 0; upload < 1_000; upload++) {
        const bytes = Buffer.from(picture, 'hex');
        for (const place of places) if (random() < 0.25) bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
        variants = Math.max(variants, viral.add(2 + round + 100 * uncertain, bytes.toString('hex')));
      }
      [min, max] = [Math.min(min, variants), Math.max(max, variants)];
    }
    console.log(`1 000 encodings of one picture, ${uncertain} uncertain bits: ${min} to ${max} variants`);
  }
}

function attackers(): void {
  const patient = { away: 8, keys: 8, perHour: 60 };
  const all = [
    ['one flip of each bit, 8 bits away', flipEachBit, { away: 8 }],
    ['one flip of each bit, 20 bits away', flipEachBit, { away: 20 }],
    ['edge of an action, 8 bits away', walkTheEdge, { away: 8 }],
    ['edge of the match, 20 bits away', walkTheEdge, { away: 20 }],
    ['one flip of each bit, 8 keys, 60 questions per hour', flipEachBit, patient],
    ['edge of an action, 8 keys, 60 questions per hour', walkTheEdge, patient],
    ['edge of an action, 8 keys, 6 questions per hour', walkTheEdge, { ...patient, perHour: 6 }],
  ] as const;
  for (const [name, attacker, how] of all) {
    const { questions, recovered, firstAlert, firstBands } = attack(random, attacker, how);
    const end = recovered ? `recovered with ${questions} questions` : `not recovered by ${questions} questions`;
    console.log(`${name}: alert after ${firstAlert ?? 'none'}, bands after ${firstBands ?? 'none'}, ${end}`);
  }
}

costs();
attackers();
detection();
falseAlarms();
