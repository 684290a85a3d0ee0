/** What quotas and the enumeration guard cost a match, when the guard speaks, and when it should not: `npm run bench:guard`. */

import { EnumerationGuard } from '../../src/service/abuse/enumeration-guard.js';
import { ProbeSketches } from '../../src/service/abuse/probe-sketches.js';
import { Quotas } from '../../src/service/abuse/quotas.js';
import { OrganisationCache } from '../../src/service/accounts/organisation-cache.js';
import { MatchDisclosure } from '../../src/service/matching/match-disclosure.js';
import { flipBits, randomFrom, randomHash } from '../random.js';
import { median } from '../statistics.js';

const random = randomFrom(11);
const key = new Uint8Array(32).fill(7);
const caller = { key: 'k', organisation: 'o', person: 1, role: 'platform', trust: 'full', quotaMinute: 0, quotaDay: 0 } as const;
const limited = { ...caller, quotaMinute: 2_000_000_000, quotaDay: 2_000_000_000 };
const limits = { alertAt: 64, bandsAt: 128 };
const nothing = { verdict: 'no_known_match', reason: null, matches: [], removal: null } as const;
const hashes = Array.from({ length: 200_000 }, () => randomHash(random));
const sets = hashes.slice(0, 20_000).map((_, at) => Array.from({ length: 16 }, (__, of) => ({ value: hashes[at + of] ?? '' })));

/** Median of five rounds, ns of processor time a call: what else runs on the machine does not count. */
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
  const disclosure = new MatchDisclosure({ guard: newGuard(), organisationCache: new OrganisationCache() });
  console.log(`quota, none set            ${cost(200_000, () => quotas.spend(caller))} ns`);
  console.log(`quota a minute and a day   ${cost(200_000, () => quotas.spend(limited))} ns`);
  console.log(`guard, one hash            ${cost(200_000, (at) => guard.observe(caller, hashes[at]))} ns`);
  console.log(`guard, 16 hashes a query   ${cost(20_000, (at) => guard.observe(caller, sets[at]))} ns`);
  console.log(`told, one hash, no match   ${cost(200_000, (at) => disclosure.disclose(caller, nothing, hashes[at]))} ns`);
  console.log(`alerts of all that         ${guard.alerts}`);
}

/** Probes until the guard speaks, each after `others` unrelated queries of the same key. */
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
      console.log(`probes ${distance} bits away, 1 of ${others + 1} queries: alert after ${alert}, bands after ${bands}`);
    }
  }
}

/** The most variants seen in what is no probing. */
function falseAlarms(): void {
  const unrelated = new ProbeSketches(key);
  let most = 0;
  for (let at = 0; at < 3_000_000; at++) most = Math.max(most, unrelated.add(1, randomHash(random)));
  console.log(`3 000 000 unrelated hashes of one key: ${most} variants at most`);
  const viral = new ProbeSketches(key);
  const picture = randomHash(random);
  // Encodings change which of the least certain bits are set: 6 to 22 of 256 ever differ (docs/decisions/0011).
  for (const unsure of [6, 13, 22]) {
    let [least, highest] = [Number.POSITIVE_INFINITY, 0];
    for (let round = 0; round < 20; round++) {
      const places = Array.from({ length: unsure }, () => Math.floor(random() * 256));
      let variants = 0;
      for (let upload = 0; upload < 1_000; upload++) {
        const bytes = Buffer.from(picture, 'hex');
        for (const place of places) if (random() < 0.25) bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
        variants = Math.max(variants, viral.add(2 + round + 100 * unsure, bytes.toString('hex')));
      }
      [least, highest] = [Math.min(least, variants), Math.max(highest, variants)];
    }
    console.log(`1 000 encodings of one picture, ${unsure} bits unsure: ${least} to ${highest} variants`);
  }
}

costs();
detection();
falseAlarms();
