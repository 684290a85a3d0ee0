/**
 * The clock of a demand, and what stops it. Pure: the time comes in as `now`, ms since the epoch, and may be behind that of earlier acts:
 * clocks are set back.
 */
import { type Demand, type DemandState, nameOf, type Outcome, stateOf } from './legal-request.js';
import { VigieError } from './errors.js';
import type { Obligation } from './obligations.js';
import type { PauseReason } from './regimes/regime.js';
import { regimeOf } from './regimes.js';

/** How far a caller's clock may be ahead of ours, in ms. */
const skewMs = 60_000;

/**
 * A time that a caller says something happened at: one that is only a little ahead is taken for now.
 *
 * @throws VigieError `bad_request` for a time to come.
 */
export function pastOf(field: string, at: number, now: number): number {
  if (at > now + skewMs) throw new VigieError('bad_request', `${field}: must not be in the future; it is ${iso(now)} here`);
  return Math.min(at, now);
}

/** Where the clock of a demand stands. */
export interface DemandClock {
  /** Null: no fixed time, or the clock stands still. */
  readonly deadlineAt: number | null;
  /** Ms left, 0 when there are none; null without a deadline, and once closed. */
  readonly remainingMs: number | null;
  readonly overdue: boolean;
  /** Closed after its deadline. */
  readonly late: boolean;
}

/** Reads the clock. However far a node's clock is set back, never more is left than was given. */
export function clockOf(demand: Demand, now: number): DemandClock {
  const { paused, outcome, receivedAt, pausedMs } = demand;
  const end = demand.deadlineAt === null ? null : demand.deadlineAt + pausedMs;
  if (end === null) return { deadlineAt: null, remainingMs: null, overdue: false, late: false };
  if (outcome) return { deadlineAt: end, remainingMs: null, overdue: false, late: outcome.at > end };
  const at = Math.max(paused?.at ?? now, receivedAt + pausedMs);
  return {
    deadlineAt: paused ? null : end,
    remainingMs: Math.max(0, end - at),
    overdue: !paused && at > end,
    late: false,
  };
}

/** The obligations with what pauses added to their deadlines; while the clock stands still they have none. */
export function movedObligations({
  obligations,
  pausedMs,
  paused,
}: Pick<Demand, 'obligations' | 'pausedMs' | 'paused'>): Obligation[] {
  return obligations.map((one) => ({
    ...one,
    deadlineAt: one.deadlineAt === null || paused ? null : new Date(Date.parse(one.deadlineAt) + pausedMs).toISOString(),
  }));
}

/** Stops the clock. @throws VigieError `conflict` where the regime or the state does not allow it. */
export function pause(demand: Demand, reason: PauseReason, now: number): Demand {
  refuseUnless(demand, 'running', 'only a running clock can be paused');
  const allowed = regimeOf(demand.regime)?.pauses ?? [];
  if (!allowed.includes(reason)) {
    const which = allowed.length === 0 ? 'never' : `for ${allowed.join(' or ')} only`;
    throw new VigieError('conflict', `${nameOf(demand)} is running: the clock of ${demand.regime} is paused ${which}`);
  }
  const { overdue, deadlineAt } = clockOf(demand, now);
  if (overdue)
    throw new VigieError(
      'conflict',
      `${nameOf(demand)} is overdue since ${iso(deadlineAt)}: its clock cannot be paused any more`,
    );
  // Never before the clock started, or the time until then would be won.
  return { ...demand, paused: { at: Math.max(now, demand.receivedAt + demand.pausedMs), reason } };
}

/** Lets the clock run on: the deadline moves by the time it stood still. @throws VigieError `conflict` when it is not paused. */
export function resume(demand: Demand, now: number): Demand {
  refuseUnless(demand, 'paused', 'only a paused clock can run on');
  return { ...demand, paused: null, pausedMs: demand.pausedMs + stoodStill(demand, now) };
}

/**
 * Ends a demand, paused or not. `outcome.at` null: now.
 *
 * @throws VigieError `conflict` when it is closed, `bad_request` for an end before its receipt or to come.
 */
export function close(demand: Demand, { at, ...outcome }: Omit<Outcome, 'at'> & { at: number | null }, now: number): Demand {
  if (demand.outcome) refuseUnless(demand, 'running', 'it has its outcome');
  if (at !== null && at < demand.receivedAt) {
    throw new VigieError('bad_request', `at: must not be before the receipt, ${iso(demand.receivedAt)}`);
  }
  const end = at === null ? Math.max(now, demand.receivedAt) : pastOf('at', at, Math.max(now, demand.receivedAt));
  const pausedMs = demand.pausedMs + stoodStill(demand, end);
  return { ...demand, paused: null, pausedMs, outcome: { ...outcome, at: end } };
}

function stoodStill({ paused }: Demand, now: number): number {
  return paused ? Math.max(0, now - paused.at) : 0;
}

function refuseUnless(demand: Demand, wanted: DemandState, why: string): void {
  const state = stateOf(demand);
  if (state === wanted) return;
  const how = demand.outcome ? ` (${demand.outcome.outcome}, ${iso(demand.outcome.at)})` : '';
  throw new VigieError('conflict', `${nameOf(demand)} is ${state}${how}: ${why}`);
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
