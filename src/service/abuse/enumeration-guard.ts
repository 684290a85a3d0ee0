/** Detects keys that ask for many near variants of one picture (docs/decisions/0011-enumeration-guard.md). */

import { system } from '../../domain/actor.js';
import type { Act } from '../../domain/audit-act.js';
import type { Caller } from '../../domain/key.js';
import { ProbeSketches } from './probe-sketches.js';

/** A longer query is sampled at random, so that decoys hide only their share. */
const hashesPerQuery = 8;
/** Since the last probe. */
const limitedMs = 3_600_000;
/** Between two alerts of a kind for one key. */
const quietMs = 600_000;

/** Distinct near variants within ten minutes; 0: never. */
export interface GuardLimits {
  readonly alertAt: number;
  /** From here on the key sees bands instead of distances. */
  readonly bandsAt: number;
}

export interface GuardParts {
  readonly limits: GuardLimits;
  /** 32 secret bytes, which may be new at every start. */
  readonly key: Uint8Array;
  readonly log: { warn(detail: object, message: string): void };
  readonly record: (act: Act) => Promise<void>;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  readonly random?: () => number;
}

export type Asked = readonly { readonly value: string }[] | string | undefined;

interface Watched {
  readonly owner: number;
  alertedAt: number;
  limitedAt: number;
  limitedUntil: number;
}

export class EnumerationGuard {
  private readonly sketches: ProbeSketches;
  private readonly watched = new Map<string, Watched>();
  private readonly now: () => number;
  private readonly random: () => number;
  private failed = false;
  alerts = 0;

  constructor(private readonly parts: GuardParts) {
    this.now = parts.now ?? (() => performance.now());
    this.random = parts.random ?? Math.random;
    this.sketches = new ProbeSketches(parts.key, this.now);
  }

  sweep(): void {
    this.sketches.sweep();
  }

  /** Never throws. */
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

  isLimited(key: string): boolean {
    const until = this.watched.get(key)?.limitedUntil;
    return until !== undefined && until > this.now();
  }

  get limited(): number {
    return [...this.watched.keys()].filter((key) => this.isLimited(key)).length;
  }

  private watch(key: string): Watched {
    const known = this.watched.get(key);
    if (known) return known;
    const never = Number.NEGATIVE_INFINITY;
    const fresh = { owner: this.watched.size + 1, alertedAt: never, limitedAt: never, limitedUntil: never };
    this.watched.set(key, fresh);
    return fresh;
  }

  private count(owner: number, asked: NonNullable<Asked>): number {
    if (typeof asked === 'string') return this.sketches.add(owner, asked);
    const first = asked.length > hashesPerQuery ? Math.floor(this.random() * asked.length) : 0;
    let variants = 0;
    for (let at = 0; at < Math.min(asked.length, hashesPerQuery); at++) {
      const value = asked[(first + at) % asked.length]?.value;
      if (value) variants = Math.max(variants, this.sketches.add(owner, value));
    }
    return variants;
  }

  private limit(caller: Pick<Caller, 'key' | 'organisation'>, watched: Watched, variants: number): void {
    const now = this.now();
    watched.limitedUntil = now + limitedMs;
    if (now - watched.limitedAt < quietMs) return;
    watched.limitedAt = now;
    this.raise(caller, variants, true);
  }

  private alert(caller: Pick<Caller, 'key' | 'organisation'>, watched: Watched, variants: number): void {
    const now = this.now();
    if (now - watched.alertedAt < quietMs) return;
    watched.alertedAt = now;
    this.raise(caller, variants, false);
  }

  private raise({ key, organisation }: Pick<Caller, 'key' | 'organisation'>, variants: number, limited: boolean): void {
    this.alerts++;
    const detail = { organisation, variants, told: limited ? 'bands' : 'distances' };
    this.parts.log.warn({ key, ...detail }, 'a key asks for many near variants of one picture');
    const act: Act = { actor: system, act: limited ? 'key.limit' : 'key.alert', subject: key, detail };
    this.parts.record(act).catch((error: unknown) => {
      this.parts.log.warn({ err: error, key }, 'alert could not be written to the audit log');
    });
  }
}
