import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';
import type { QuotaUse, QuotaUseStore } from '../../store/quota-uses.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export type QuotaSettings = { readonly minute: number; readonly day: number };

interface Window {
  /** Monotonic milliseconds. */
  since: number;
  used: number;
}

interface Spent {
  readonly minute: Window;
  readonly day: Window;
}

/**
 * Limits the matches of a key per minute and per day. A window begins with its first match, so quotas are not all renewed at
 * midnight. Nodes add up their counts every second (`share`), because a database call per match would cost too much.
 */
export class Quotas {
  private readonly keys = new Map<string, Spent>();
  /** Matches that the other nodes do not know yet. */
  private unshared = new Map<string, number>();
  refused = 0;

  constructor(
    /** For keys without quotas of their own. 0: no limit. */
    private readonly defaults: QuotaSettings,
    private readonly now: () => number = () => performance.now(),
    /** Absent: no other node counts. */
    private readonly uses?: Pick<QuotaUseStore, 'add'>,
  ) {}

  /** Adds this node's matches to those of all nodes, and takes over the sum. */
  async share(): Promise<void> {
    const { uses, unshared } = this;
    if (!uses || unshared.size === 0) return;
    this.unshared = new Map();
    try {
      for (const use of await uses.add(unshared)) this.takeOver(use);
    } catch (error) {
      for (const [key, matches] of unshared) this.note(key, matches);
      throw error;
    }
  }

  private takeOver({ key, period, used, ageMs }: QuotaUse): void {
    const window = this.keys.get(key)?.[period];
    if (!window) return;
    window.since = this.now() - ageMs;
    window.used = used + (this.unshared.get(key) ?? 0);
  }

  private note(key: string, matches: number): void {
    if (this.uses) this.unshared.set(key, (this.unshared.get(key) ?? 0) + matches);
  }

  /** Counts nothing. @throws VigieError `too_many_requests` when nothing is left. */
  check(caller: Caller): void {
    this.take(caller, 1, false);
  }

  /** Counts all of the matches or none. @throws VigieError `too_many_requests` when fewer are left. */
  spend(caller: Caller, matches = 1): void {
    this.take(caller, matches, true);
  }

  private take(caller: Caller, matches: number, isSpent: boolean): void {
    const minute = caller.quotaMinute ?? this.defaults.minute;
    const day = caller.quotaDay ?? this.defaults.day;
    if ((minute === 0 && day === 0) || matches === 0) return;
    const now = this.now();
    const spent = this.spentBy(caller.key, now);
    this.refuse(spent.minute, minute, minuteMs, matches, now, 'minute');
    this.refuse(spent.day, day, dayMs, matches, now, 'day');
    if (!isSpent) return;
    spent.minute.used += matches;
    spent.day.used += matches;
    this.note(caller.key, matches);
  }

  private spentBy(key: string, now: number): Spent {
    const spent = this.keys.get(key) ?? { minute: { since: now, used: 0 }, day: { since: now, used: 0 } };
    this.keys.set(key, spent);
    renew(spent.minute, minuteMs, now);
    renew(spent.day, dayMs, now);
    return spent;
  }

  private refuse({ since, used }: Window, quota: number, lengthMs: number, matches: number, now: number, name: string): void {
    if (quota === 0 || used + matches <= quota) return;
    this.refused++;
    const seconds = Math.max(1, Math.ceil((since + lengthMs - now) / 1_000));
    const wayOut = matches > quota ? 'send fewer at once' : `retry in ${seconds} s, or ask the operator for a larger quota`;
    throw new VigieError(
      'too_many_requests',
      `quota of ${quota} matches per ${name}: ${used} used, ${matches} requested; ${wayOut}`,
      seconds,
    );
  }
}

function renew(window: Window, lengthMs: number, now: number): void {
  if (now - window.since < lengthMs) return;
  window.since = now;
  window.used = 0;
}
