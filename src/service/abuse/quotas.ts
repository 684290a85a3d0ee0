/** How many matches a key may ask for, counted in memory. */
import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export type QuotaSettings = { readonly minute: number; readonly day: number };

/** Matches counted since a moment, in ms of the monotonic clock: one set back neither gives nor takes anything. */
interface Window {
  since: number;
  used: number;
}

interface Spent {
  readonly minute: Window;
  readonly day: Window;
}

/**
 * Matches a minute and a day of every key; images, hashes and each item of a batch count one. A window begins with the first match after
 * the last one ended, so nothing comes due for everybody at midnight.
 *
 * Each node counts for itself, and anew when it starts: behind a balancer of three nodes a key may ask up to three times as much. A
 * count they shared would be a database call for every match.
 */
export class Quotas {
  private readonly keys = new Map<string, Spent>();
  /** Requests and batches refused since the start. */
  refused = 0;

  constructor(
    /** For keys that say nothing themselves; 0: no limit. */
    private readonly defaults: QuotaSettings,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Refuses a key that has nothing left, before it is known how much it asks. @throws VigieError `too_many_requests`. */
  check(caller: Caller): void {
    this.take(caller, 1, false);
  }

  /** Counts matches, or none of them where they are more than what is left. @throws VigieError `too_many_requests`. */
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
    const asked = matches === 1 ? '' : `, ${matches} more were asked for`;
    throw new VigieError(
      'too_many_requests',
      `${used} matches of ${quota} a ${name} are used${asked}; on this node: ${wayOut}`,
      seconds,
    );
  }
}

function renew(window: Window, lengthMs: number, now: number): void {
  if (now - window.since < lengthMs) return;
  window.since = now;
  window.used = 0;
}
