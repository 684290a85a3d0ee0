import { system } from '../../domain/actor.js';
import type { Act } from '../../domain/audit-act.js';
import { exportIdOf } from '../../domain/export.js';
import type { Caller } from '../../domain/key.js';
import type { Canary } from '../../store/canaries.js';

/** Between two alerts about one key and one export. */
const quietMs = 3_600_000;
const maxRemembered = 10_000;

export interface CanaryWatchParts {
  readonly log: { warn(detail: object, message: string): void };
  readonly record: (act: Act) => Promise<void>;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Raises an alert when a key matches an entry that is in one exported file only. The change feed keeps the canaries current. */
export class CanaryWatch {
  private canaries: ReadonlyMap<string, Canary> = new Map();
  private readonly alertedAt = new Map<string, number>();
  /** Matches of canaries since the start. */
  matches = 0;

  constructor(private readonly parts: CanaryWatchParts) {}

  replaceAll(canaries: readonly Canary[]): void {
    this.canaries = new Map(canaries.map((canary) => [canary.entry, canary]));
  }

  has(entry: string): boolean {
    return this.canaries.has(entry);
  }

  /**
   * Of everything that a query hit, also where a list's share or policy hides it. Never throws, and nobody waits for it: the answer must
   * be that of any other match.
   */
  note(hits: readonly { readonly entry: { readonly id: string } }[], caller: Pick<Caller, 'key' | 'organisation'>): void {
    if (this.canaries.size === 0) return;
    const found = new Set(hits.flatMap(({ entry }) => this.canaries.get(entry.id) ?? []));
    for (const canary of found) this.raise(canary, caller);
  }

  private raise({ list, export: uuid, recipient }: Canary, { key, organisation }: Pick<Caller, 'key' | 'organisation'>): void {
    this.matches++;
    const from = exportIdOf(uuid);
    if (!this.isNews(`${key} ${from}`)) return;
    const detail = { list, export: from, recipient, organisation };
    this.parts.log.warn({ key, ...detail }, 'a key matched a canary: a file that was exported for one recipient may have leaked');
    this.parts.record({ actor: system, act: 'canary.matched', subject: key, detail }).catch((error: unknown) => {
      this.parts.log.warn({ err: error, key }, 'the match of a canary could not be written to the audit log');
    });
  }

  private isNews(what: string): boolean {
    const now = (this.parts.now ?? (() => performance.now()))();
    const last = this.alertedAt.get(what);
    if (last !== undefined && now - last < quietMs) return false;
    // Rather an alert too many than a memory that grows.
    if (this.alertedAt.size >= maxRemembered) this.alertedAt.clear();
    this.alertedAt.set(what, now);
    return true;
  }
}
