import type { ContentClass, ListAction } from './list.js';
import { addPeriod } from './period.js';
import type { ClockStart, Duty, DutyName, Recipient, Regime } from './regimes/regime.js';
import { regimeOf } from './regimes.js';
import type { Match, Removal, VerdictName } from './verdict.js';

/** One duty with its deadline. Times are ISO 8601 UTC. */
export interface Obligation {
  readonly regime: string;
  readonly duty: DutyName;
  /** Id of the order or notice that started the clock; null: a match did. */
  readonly demand: string | null;
  readonly startsFrom: ClockStart;
  readonly startedAt: string;
  /** Null: without undue delay. */
  readonly deadlineAt: string | null;
  /** End of a lasting duty, such as preservation; null: the law names no end, or it is done once. */
  readonly until: string | null;
  readonly recipients: readonly Recipient[];
  /** Article or section. */
  readonly basis: string;
  /** When the duty applies, in words; null: always. */
  readonly when: string | null;
  /** True: nobody has checked the regime's row against its source yet. `GET /v1/regimes` names what to check. */
  readonly unverified: boolean;
}

export interface Subject {
  /** Null: not known, so every class applies. */
  readonly class: ContentClass | null;
  readonly action: 'remove' | 'remove_and_report';
}

export interface Clock {
  readonly startsFrom: ClockStart;
  /** ms since the epoch. */
  readonly at: number;
  /** Id of the order or notice that started it. */
  readonly demand?: string;
}

export interface Obligations {
  /** Earliest deadline first; obligations without one last. */
  readonly obligations: readonly Obligation[];
  /** The latest end of a duty to preserve. */
  readonly preserveUntil: string | null;
  readonly reportTo: readonly Recipient[];
}

const none: Obligations = { obligations: [], preserveUntil: null, reportTo: [] };

/** What `regimes` (ids) oblige to about content, on one clock. Ignores ids of regimes that no longer exist. */
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
 * The removal part of a verdict; null when the verdict removes nothing.
 *
 * @param matches the ones that remove by themselves decide which regimes apply
 * @param regimes ids of the regimes that the caller's organisation switched on
 * @param now ms since the epoch
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

/** True for what takes content down. */
export function isRemoval(action: string): action is Subject['action'] {
  return action === 'remove' || action === 'remove_and_report';
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

/** Lists every field, because a spread took twice as long on the hot path. */
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
