import type { ContentClass, ListAction } from './list.js';
import { addPeriod } from './period.js';
import type { ClockStart, Duty, DutyName, Recipient, Regime } from './regimes/regime.js';
import { regimeOf } from './regimes.js';
import { isRemoval, type Match, type RemovalAction, type VerdictName } from './verdict.js';

/** Times are ISO 8601 UTC. */
export interface Obligation {
  readonly regime: string;
  readonly duty: DutyName;
  /** An order or a notice; null: a match started the clock. */
  readonly demand: string | null;
  readonly startsFrom: ClockStart;
  readonly startedAt: string;
  /** Null: without undue delay. */
  readonly deadlineAt: string | null;
  /** Null: done once, or the law names no end. */
  readonly until: string | null;
  readonly recipients: readonly Recipient[];
  readonly basis: string;
  /** Null: always. */
  readonly when: string | null;
  /** Nobody has checked the regime's row against its source yet. */
  readonly unverified: boolean;
}

export interface Subject {
  /** Null: not known; every class applies. */
  readonly class: ContentClass | null;
  readonly action: RemovalAction;
}

export interface Clock {
  readonly startsFrom: ClockStart;
  /** ms since the epoch. */
  readonly at: number;
  readonly demand?: string;
}

export interface Obligations {
  /** Earliest deadline first. */
  readonly obligations: readonly Obligation[];
  readonly preserveUntil: string | null;
  readonly reportTo: readonly Recipient[];
}

/** What must be done about content, and what the regimes that the caller's organisation switched on oblige it to. */
export interface Removal extends Obligations {
  readonly action: RemovalAction;
}

const none: Obligations = { obligations: [], preserveUntil: null, reportTo: [] };

/** Ignores ids of regimes that no longer exist. */
export function obligationsOf(regimes: readonly string[], subjects: readonly Subject[], clock: Clock): Obligations {
  if (regimes.length === 0) return none;
  const startedAt = iso(clock.at);
  const obligations = [...new Set(regimes)].flatMap((id) => {
    const regime = regimeOf(id);
    return regime ? dutiesOf(regime, subjects, clock.startsFrom).map((duty) => obligationOf(regime, duty, clock, startedAt)) : [];
  });
  return inOrder(obligations);
}

function inOrder(obligations: readonly Obligation[]): Obligations {
  const reports = obligations.filter(({ duty }) => duty === 'report').flatMap(({ recipients }) => recipients);
  const kept = obligations.flatMap(({ duty, until }) => (duty === 'preserve' && until !== null ? [until] : []));
  return {
    obligations: obligations.toSorted(byDeadline),
    preserveUntil: kept.sort().at(-1) ?? null,
    reportTo: [...new Set(reports)],
  };
}

/**
 * Null when the verdict removes nothing. Only matches that remove by themselves oblige to anything.
 *
 * @param received obligations of open orders and notices about the same entries; their clocks are running already
 */
export function removalOf(
  action: ListAction | VerdictName,
  matches: readonly Match[],
  regimes: readonly string[],
  now: number,
  received: readonly Obligation[] = [],
): Removal | null {
  if (!isRemoval(action)) return null;
  if (regimes.length === 0) return { action, ...none };
  const subjects = matches.flatMap((match) => (isRemoval(match.action) ? [{ class: match.class, action: match.action }] : []));
  const detected = obligationsOf(regimes, subjects, { startsFrom: 'detected', at: now });
  const running = received.filter(({ regime }) => regimes.includes(regime));
  return { action, ...(running.length === 0 ? detected : inOrder([...detected.obligations, ...running])) };
}

function dutiesOf(regime: Regime, subjects: readonly Subject[], startsFrom: ClockStart): Duty[] {
  const concerned = subjects.filter(
    (subject) => regime.actions.includes(subject.action) && (subject.class === null || regime.classes.includes(subject.class)),
  );
  return regime.duties.filter(
    ({ startsFrom: own, classes }) =>
      own === startsFrom && concerned.some((subject) => !classes || subject.class === null || classes.includes(subject.class)),
  );
}

/** Lists every field, because a spread took twice as long. */
function obligationOf(
  regime: Regime,
  { duty, startsFrom, within, lasts, recipients, basis, when }: Duty,
  { at, demand }: Clock,
  startedAt: string,
): Obligation {
  return {
    regime: regime.id,
    duty,
    demand: demand ?? null,
    startsFrom,
    startedAt,
    deadlineAt: within && iso(addPeriod(at, within)),
    until: lasts && iso(addPeriod(at, lasts)),
    recipients,
    basis,
    when,
    unverified: regime.unverified !== null,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** ISO 8601 times of equal length sort as text. */
function byDeadline(a: Obligation, b: Obligation): number {
  if (a.deadlineAt === b.deadlineAt) return 0;
  if (a.deadlineAt === null) return 1;
  if (b.deadlineAt === null) return -1;
  return a.deadlineAt < b.deadlineAt ? -1 : 1;
}
