/** Detects keys that ask for many near variants of one picture (docs/decisions/0011-enumeration-guard.md). */

import { randomUUID } from 'node:crypto';
import { system } from '../../domain/actor.js';
import type { Act } from '../../domain/audit-act.js';
import type { Caller } from '../../domain/key.js';
import type { Telling } from '../../domain/match-disclosure.js';
import type { OtherProbes, ProbeCount, ProbeCountStore } from '../../store/probe-counts.js';
import { ProbeSketches } from './probe-sketches.js';

/** A longer query is sampled at random, so that decoys hide only their share. */
const hashesPerQuery = 8;
/** Since the last probe. */
const limitedMs = 3_600_000;
/** Between two alerts of a kind for one key, or for one organisation over a day. */
const quietMs = 600_000;
const quietDayMs = 3_600_000;
const daySeconds = 86_400;
/** Fewer than for ten minutes: few queries match. */
const daySlots = 1 << 12;
/** A platform meets more edits of a known picture within a day than within ten minutes. */
const timesPerDay = 2;

/** Distinct near variants within ten minutes; 0: never. */
export interface GuardLimits {
  readonly alertAt: number;
  /** From here on the key sees bands instead of distances; from twice as many on, only that something matched. */
  readonly bandsAt: number;
}

export interface GuardParts {
  readonly limits: GuardLimits;
  /** 32 secret bytes, which may be new at every start. */
  readonly key: Uint8Array;
  readonly log: { warn(detail: object, message: string): void };
  readonly record: (act: Act) => Promise<void>;
  /** Absent: no other node counts. */
  readonly counts?: Pick<ProbeCountStore, 'put' | 'others'> | undefined;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  readonly random?: () => number;
}

export type Asked = readonly { readonly value: string }[] | string | undefined;

type Asking = Pick<Caller, 'key' | 'organisation'>;

interface Watched {
  readonly owner: number;
  readonly name: string;
  readonly organisation: string;
  /** Variants around the picture that this node saw last, once they are half of a limit. */
  variants: number;
  /** Those of the other nodes. */
  others: number;
  alertedAt: number;
  limitedAt: number;
  /** Told nothing but bands until then. */
  bandsUntil: number;
  /** Told only that something matched until then. */
  matchesUntil: number;
}

export class EnumerationGuard {
  private readonly recent: ProbeSketches;
  /** Only queries that matched: these are in the verdict log anyway, so a day of them retains nobody's innocent content. */
  private readonly today: ProbeSketches;
  private readonly keys = new Map<string, Watched>();
  private readonly organisations = new Map<string, Watched>();
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly node = randomUUID();
  /** What the other nodes do not know yet. */
  private readonly unshared = new Set<Watched>();
  private failed = false;
  alerts = 0;

  constructor(private readonly parts: GuardParts) {
    this.now = parts.now ?? (() => performance.now());
    this.random = parts.random ?? Math.random;
    this.recent = new ProbeSketches(parts.key, { now: this.now });
    this.today = new ProbeSketches(parts.key, { now: this.now, keptSeconds: daySeconds, slotsPerTable: daySlots });
  }

  sweep(): void {
    this.recent.sweep();
    this.today.sweep();
  }

  /** Tells the other nodes what this one counted, and takes over what they did. */
  async share(): Promise<void> {
    const { counts } = this.parts;
    if (!counts || this.isOff) return;
    const mine = [...this.unshared];
    this.unshared.clear();
    try {
      if (mine.length > 0)
        await counts.put(
          this.node,
          mine.map((one) => this.countOf(one)),
        );
      this.takeOver(await counts.others(this.node));
    } catch (error) {
      for (const one of mine) this.unshared.add(one);
      throw error;
    }
  }

  private countOf(watched: Watched): ProbeCount {
    const { name, organisation, variants } = watched;
    const isKey = this.keys.get(name) === watched;
    return { scope: isKey ? 'key' : 'organisation', name, organisation, variants, told: toldTo(watched, this.now()) };
  }

  private takeOver(others: readonly OtherProbes[]): void {
    const now = this.now();
    for (const all of [this.keys, this.organisations]) for (const watched of all.values()) watched.others = 0;
    for (const { scope, name, organisation, variants, bandsAgeMs, matchesAgeMs } of others) {
      const watched = watch(scope === 'key' ? this.keys : this.organisations, name, organisation);
      watched.others = variants;
      if (bandsAgeMs !== null) watched.bandsUntil = Math.max(watched.bandsUntil, now + limitedMs - bandsAgeMs);
      if (matchesAgeMs !== null) watched.matchesUntil = Math.max(watched.matchesUntil, now + limitedMs - matchesAgeMs);
    }
  }

  /** Adds the variants of other nodes. Fewer than half of a limit are edits of one picture, of which every node sees the same ones. */
  private onAllNodes(watched: Watched, variants: number, times: number): number {
    const { alertAt, bandsAt } = this.parts.limits;
    const limit = Math.min(alertAt || bandsAt, bandsAt || alertAt) * times;
    if (!this.parts.counts || variants * 2 <= limit) return variants;
    watched.variants = variants;
    this.unshared.add(watched);
    return variants + watched.others;
  }

  /** Counts a query for its key, for ten minutes. Never throws. */
  observe(caller: Asking, asked: Asked): void {
    if (!asked || asked.length === 0 || this.isOff) return;
    this.guarded(() => this.countRecent(caller, asked, 0));
  }

  /**
   * Counts a query that matched for its organisation, for a day, so that neither patience nor several keys hide probes. Counts its
   * blockhash as well, because probes of one picture's blockhash may all have the same PDQ hash. Never throws.
   */
  observeMatch(caller: Asking, asked: Asked, blockhash: string | undefined): void {
    if (this.isOff) return;
    this.guarded(() => {
      if (blockhash) this.countRecent(caller, blockhash, 1);
      const watched = watch(this.organisations, caller.organisation, caller.organisation);
      const byPdq = asked ? this.count(this.today, watched.owner * 2, asked) : 0;
      const byBlockhash = blockhash ? this.today.add(watched.owner * 2 + 1, blockhash) : 0;
      this.judge(caller, watched, Math.max(byPdq, byBlockhash), timesPerDay);
    });
  }

  /** How much of a match the caller may see. */
  tells({ key, organisation }: Asking): Telling {
    const now = this.now();
    const [byKey, byOrganisation] = [this.keys.get(key), this.organisations.get(organisation)];
    if (isAfter(byKey?.matchesUntil, now) || isAfter(byOrganisation?.matchesUntil, now)) return 'matches';
    return isAfter(byKey?.bandsUntil, now) || isAfter(byOrganisation?.bandsUntil, now) ? 'bands' : 'distances';
  }

  /** Keys that are told less than distances. */
  get limited(): number {
    return [...this.keys].filter(([key, { organisation }]) => this.tells({ key, organisation }) !== 'distances').length;
  }

  private get isOff(): boolean {
    return this.parts.limits.alertAt === 0 && this.parts.limits.bandsAt === 0;
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!this.failed) this.parts.log.warn({ err: error }, 'the enumeration guard failed; matching goes on without it');
      this.failed = true;
    }
  }

  private countRecent(caller: Asking, asked: NonNullable<Asked>, kind: 0 | 1): void {
    const watched = watch(this.keys, caller.key, caller.organisation);
    this.judge(caller, watched, this.count(this.recent, watched.owner * 2 + kind, asked), 1);
  }

  private count(sketches: ProbeSketches, owner: number, asked: NonNullable<Asked>): number {
    if (typeof asked === 'string') return sketches.add(owner, asked);
    const first = asked.length > hashesPerQuery ? Math.floor(this.random() * asked.length) : 0;
    let variants = 0;
    for (let at = 0; at < Math.min(asked.length, hashesPerQuery); at++) {
      const value = asked[(first + at) % asked.length]?.value;
      if (value) variants = Math.max(variants, sketches.add(owner, value));
    }
    return variants;
  }

  private judge(caller: Asking, watched: Watched, here: number, times: number): void {
    const variants = this.onAllNodes(watched, here, times);
    const { alertAt, bandsAt } = this.parts.limits;
    if (bandsAt > 0 && variants >= bandsAt * times) this.limit(caller, watched, variants, times);
    else if (alertAt > 0 && variants >= alertAt * times) this.alert(caller, watched, variants, times);
  }

  private limit(caller: Asking, watched: Watched, variants: number, times: number): void {
    const now = this.now();
    const isFar = variants >= 2 * this.parts.limits.bandsAt * times;
    const isNews = now - watched.limitedAt >= quietFor(times) || (isFar && !isAfter(watched.matchesUntil, now));
    watched.bandsUntil = now + limitedMs;
    if (isFar) watched.matchesUntil = now + limitedMs;
    if (!isNews) return;
    watched.limitedAt = now;
    this.raise(caller, variants, times, isFar ? 'matches' : 'bands');
  }

  private alert(caller: Asking, watched: Watched, variants: number, times: number): void {
    const now = this.now();
    if (now - watched.alertedAt < quietFor(times)) return;
    watched.alertedAt = now;
    this.raise(caller, variants, times, 'distances');
  }

  private raise({ key, organisation }: Asking, variants: number, times: number, told: Telling): void {
    this.alerts++;
    const detail = { organisation, variants, within: times === 1 ? 'ten minutes' : 'a day', told };
    this.parts.log.warn({ key, ...detail }, 'a key asks for many near variants of one picture');
    const act: Act = { actor: system, act: told === 'distances' ? 'key.alert' : 'key.limit', subject: key, detail };
    this.parts.record(act).catch((error: unknown) => {
      this.parts.log.warn({ err: error, key }, 'alert could not be written to the audit log');
    });
  }
}

function watch(all: Map<string, Watched>, name: string, organisation: string): Watched {
  const known = all.get(name);
  if (known) return known;
  const never = Number.NEGATIVE_INFINITY;
  const owner = all.size + 1;
  const counts = { variants: 0, others: 0 };
  const fresh = {
    owner,
    name,
    organisation,
    ...counts,
    alertedAt: never,
    limitedAt: never,
    bandsUntil: never,
    matchesUntil: never,
  };
  all.set(name, fresh);
  return fresh;
}

function toldTo({ matchesUntil, bandsUntil }: Watched, now: number): Telling {
  if (isAfter(matchesUntil, now)) return 'matches';
  return isAfter(bandsUntil, now) ? 'bands' : 'distances';
}

function quietFor(times: number): number {
  return times === 1 ? quietMs : quietDayMs;
}

function isAfter(time: number | undefined, now: number): boolean {
  return time !== undefined && time > now;
}
