/** What somebody must do, by when: the duties of the regimes switched on, laid on a clock. Pure. */
import type { ContentClass, ListAction } from './list.js';
import { addPeriod } from './period.js';
import type { ClockStart, Duty, DutyName, Recipient, Regime } from './regimes/regime.js';
import { regimeOf } from './regimes.js';
import { isRemoval, type Match, type RemovalAction, type VerdictName } from './verdict.js';

/** One duty on one clock. Times are ISO 8601 UTC. */
export interface Obligation {
  readonly regime: string;
  readonly duty: DutyName;
  /** The order or notice whose clock it is; null: that of a match. */
  readonly demand: string | null;
  readonly startsFrom: ClockStart;
  readonly startedAt: string;
  /** Null: without undue delay. */
  readonly deadlineAt: string | null;
  /** Until when it goes on (preserving, taking complaints); null: the law names no end, or it is done once. */
  readonly until: string | null;
  readonly recipients: readonly Recipient[];
  /** Article or section. */
  readonly basis: string;
  /** Where it does not always hold, in words. */
  readonly when: string | null;
  /** True: something about the regime's row is not sure; `GET /v1/regimes` says what. */
  readonly uncertain: boolean;
}

/** Content as the regimes see it. `class` null: not known, so that no regime is ruled out by it. */
export interface Subject {
  readonly class: ContentClass | null;
  readonly action: RemovalAction;
}

export interface Clock {
  readonly startsFrom: ClockStart;
  /** ms since the epoch. */
  readonly at: number;
  /** The order or notice that started it. */
  readonly demand?: string;
}

export interface Obligations {
  /** Earliest deadline first; those without one last. */
  readonly obligations: readonly Obligation[];
  /** The latest end of a duty to preserve. */
  readonly preserveUntil: string | null;
  /** Who must get a report. */
  readonly reportTo: readonly Recipient[];
}

/** What must be done about content, and what the regimes that the caller's organisation switched on oblige it to. */
export interface Removal extends Obligations {
  readonly action: RemovalAction;
}

const none: Obligations = { obligations: [], preserveUntil: null, reportTo: [] };

/**
 * The obligations that the regimes of these ids lay on whoever holds content, once `clock` runs. Unknown ids oblige to nothing: a regime
 * may have gone since it was switched on.
 */
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
 * What a verdict says of a removal; null when nothing is to be removed.
 *
 * @param action what the verdict leads to
 * @param matches all of them: those that remove by themselves say which regimes are concerned
 * @param regimes ids of those the caller's organisation switched on
 * @param now when the match was found, in ms since the epoch
 * @param received obligations of orders and notices that cover an entry that matched (service/legal/legal-request-cache.ts): their clocks run already
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

/** Field by field: spread, it took twice as long, and every verdict that removes waits for it. */
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
    uncertain: regime.uncertain !== null,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** ISO 8601 of one length sorts as time does. Equal ones stay in the order of the regimes and their duties. */
function byDeadline(a: Obligation, b: Obligation): number {
  if (a.deadlineAt === b.deadlineAt) return 0;
  if (a.deadlineAt === null) return 1;
  if (b.deadlineAt === null) return -1;
  return a.deadlineAt < b.deadlineAt ? -1 : 1;
}
