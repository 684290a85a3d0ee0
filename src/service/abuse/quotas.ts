import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';

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
 * midnight. Each node counts for itself, because a shared count would cost a database call per match.
 */
export class Quotas {
  private readonly keys = new Map<string, Spent>();
  refused = 0;

  constructor(
    /** For keys without quotas of their own. 0: no limit. */
    private readonly defaults: QuotaSettings,
    private readonly now: () => number = () => performance.now(),
  ) {}

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
      `quota of ${quota} matches per ${name} on this node: ${used} used, ${matches} requested; ${wayOut}`,
      seconds,
    );
  }
}

function renew(window: Window, lengthMs: number, now: number): void {
  if (now - window.since < lengthMs) return;
  window.since = now;
  window.used = 0;
}
