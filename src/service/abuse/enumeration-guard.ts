/** Notices who asks for many near variants of one picture: to learn whether it is known, or what passes. */

import { system } from '../../domain/actor.js';
import type { Act } from '../../domain/audit-act.js';
import type { Caller } from '../../domain/key.js';
import { ProbeSketches } from './probe-sketches.js';

/** Hashes of one query that are looked at; of more, a run drawn at random, so that decoys hide only their share. */
const hashesPerQuery = 8;
/** A key past the limit is told bands for so long after its last probe. */
const limitedMs = 3_600_000;
/** One key raises an alert, and a second one past the limit, at most so often. */
const quietMs = 600_000;

export interface GuardLimits {
  /** Distinct near variants within ten minutes that raise an alert; 0: never. */
  readonly alertAt: number;
  /** From this many on the key is told bands; 0: never. */
  readonly bandsAt: number;
}

export interface GuardParts {
  readonly limits: GuardLimits;
  /** 32 secret bytes; new ones at every start will do, since sketches live in memory only. */
  readonly key: Uint8Array;
  readonly log: { warn(detail: object, message: string): void };
  /** Writes an act into the audit. */
  readonly record: (act: Act) => Promise<void>;
  /** Ms of a monotonic clock. */
  readonly now?: () => number;
  readonly random?: () => number;
}

/** The PDQ hashes of one query, or the one hash of an image. */
export type Asked = readonly { readonly value: string }[] | string | undefined;

/** What is remembered of a key: never what it asked for. */
interface Watched {
  readonly owner: number;
  alertedAt: number;
  limitedAt: number;
  limitedUntil: number;
}

/** Counts for this node alone. It never throws: matching does not depend on it. */
export class EnumerationGuard {
  private readonly sketches: ProbeSketches;
  private readonly watched = new Map<string, Watched>();
  private readonly now: () => number;
  private readonly random: () => number;
  private failed = false;
  /** Alerts since the start. */
  alerts = 0;

  constructor(private readonly parts: GuardParts) {
    this.now = parts.now ?? (() => performance.now());
    this.random = parts.random ?? Math.random;
    this.sketches = new ProbeSketches(parts.key, this.now);
  }

  /** Deletes old sketches, also of keys that have stopped asking. */
  sweep(): void {
    this.sketches.sweep();
  }

  /** Counts the PDQ hashes of one query. */
  observe(caller: Pick<Caller, 'key' | 'organisation'>, asked: Asked): void {
    const { alertAt, bandsAt } = this.parts.limits;
    if (!asked || asked.length === 0 || (alertAt === 0 && bandsAt === 0)) return;
    try {
      const watched = this.watch(caller.key);
      const variants = this.count(watched.owner, asked);
      if (bandsAt > 0 && variants >= bandsAt) this.limit(caller, watched, variants);
      else if (alertAt > 0 && variants >= alertAt) this.alert(caller, watched, variants);
    } catch (error) {
      if (!this.failed) this.parts.log.warn({ err: error }, 'the enumeration guard failed; matching goes on without it');
      this.failed = true;
    }
  }

  /** Whether a key went past the limit within the last hour. */
  isLimited(key: string): boolean {
    const until = this.watched.get(key)?.limitedUntil;
    return until !== undefined && until > this.now();
  }

  /** Keys that are told bands for what they asked. */
  get limited(): number {
    return [...this.watched.keys()].filter((key) => this.isLimited(key)).length;
  }

  private watch(key: string): Watched {
    const standing = this.watched.get(key);
    if (standing) return standing;
    const never = Number.NEGATIVE_INFINITY;
    const fresh = { owner: this.watched.size + 1, alertedAt: never, limitedAt: never, limitedUntil: never };
    this.watched.set(key, fresh);
    return fresh;
  }

  private count(owner: number, asked: NonNullable<Asked>): number {
    if (typeof asked === 'string') return this.sketches.add(owner, asked);
    const first = asked.length > hashesPerQuery ? Math.floor(this.random() * asked.length) : 0;
    let most = 0;
    for (let at = 0; at < Math.min(asked.length, hashesPerQuery); at++) {
      const value = asked[(first + at) % asked.length]?.value;
      if (value) most = Math.max(most, this.sketches.add(owner, value));
    }
    return most;
  }

  private limit(caller: Pick<Caller, 'key' | 'organisation'>, watched: Watched, variants: number): void {
    const now = this.now();
    watched.limitedUntil = now + limitedMs;
    if (now - watched.limitedAt < quietMs) return;
    watched.limitedAt = now;
    this.disclose(caller, variants, true);
  }

  private alert(caller: Pick<Caller, 'key' | 'organisation'>, watched: Watched, variants: number): void {
    const now = this.now();
    if (now - watched.alertedAt < quietMs) return;
    watched.alertedAt = now;
    this.disclose(caller, variants, false);
  }

  private disclose({ key, organisation }: Pick<Caller, 'key' | 'organisation'>, variants: number, limited: boolean): void {
    this.alerts++;
    const detail = { organisation, variants, told: limited ? 'bands' : 'distances' };
    this.parts.log.warn({ key, ...detail }, 'a key asks for many near variants of one picture');
    const act: Act = { actor: system, act: limited ? 'key.limit' : 'key.alert', subject: key, detail };
    this.parts.record(act).catch((error: unknown) => {
      this.parts.log.warn({ err: error, key }, 'an alert of the enumeration guard is not in the audit');
    });
  }
}
