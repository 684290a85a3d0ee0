/**
 * The clock of a demand, and what stops it. Pure: the time comes in as `now`, ms since the epoch, and may be behind that of earlier acts:
 * clocks are set back.
 */

import { VigieError } from './errors.js';
import { type LegalRequest, type LegalRequestState, nameOf, type Outcome, stateOf } from './legal-request.js';
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
  if (at > now + skewMs)
    throw new VigieError('bad_request', `${field}: must not be in the future; the server time is ${iso(now)}`);
  return Math.min(at, now);
}

/** Where the clock of a demand stands. */
export interface LegalRequestClock {
  /** Null: no fixed time, or the clock stands still. */
  readonly deadlineAt: number | null;
  /** Ms left, 0 when there are none; null without a deadline, and once closed. */
  readonly remainingMs: number | null;
  readonly overdue: boolean;
  /** Closed after its deadline. */
  readonly late: boolean;
}

/** Reads the clock. However far a node's clock is set back, never more is left than was given. */
export function clockOf(legalRequest: LegalRequest, now: number): LegalRequestClock {
  const { paused, outcome, receivedAt, pausedMs } = legalRequest;
  const end = legalRequest.deadlineAt === null ? null : legalRequest.deadlineAt + pausedMs;
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
}: Pick<LegalRequest, 'obligations' | 'pausedMs' | 'paused'>): Obligation[] {
  return obligations.map((one) => ({
    ...one,
    deadlineAt: one.deadlineAt === null || paused ? null : new Date(Date.parse(one.deadlineAt) + pausedMs).toISOString(),
  }));
}

/** Stops the clock. @throws VigieError `conflict` where the regime or the state does not allow it. */
export function pause(legalRequest: LegalRequest, reason: PauseReason, now: number): LegalRequest {
  refuseUnless(legalRequest, 'running', 'only a running clock can be paused');
  const allowed = regimeOf(legalRequest.regime)?.pauses ?? [];
  if (!allowed.includes(reason)) {
    const which = allowed.length === 0 ? 'allows no pause' : `allows a pause for ${allowed.join(' or ')} only`;
    throw new VigieError('conflict', `${nameOf(legalRequest)} is running, but regime ${legalRequest.regime} ${which}`);
  }
  const { overdue, deadlineAt } = clockOf(legalRequest, now);
  if (overdue)
    throw new VigieError(
      'conflict',
      `${nameOf(legalRequest)} has been overdue since ${iso(deadlineAt)}: its clock can no longer be paused`,
    );
  // Never before the clock started, or the time until then would be won.
  return { ...legalRequest, paused: { at: Math.max(now, legalRequest.receivedAt + legalRequest.pausedMs), reason } };
}

/** Lets the clock run on: the deadline moves by the time it stood still. @throws VigieError `conflict` when it is not paused. */
export function resume(legalRequest: LegalRequest, now: number): LegalRequest {
  refuseUnless(legalRequest, 'paused', 'only a paused clock can be resumed');
  return { ...legalRequest, paused: null, pausedMs: legalRequest.pausedMs + stoodStill(legalRequest, now) };
}

/**
 * Ends a demand, paused or not. `outcome.at` null: now.
 *
 * @throws VigieError `conflict` when it is closed, `bad_request` for an end before its receipt or to come.
 */
export function close(
  legalRequest: LegalRequest,
  { at, ...outcome }: Omit<Outcome, 'at'> & { at: number | null },
  now: number,
): LegalRequest {
  if (legalRequest.outcome) refuseUnless(legalRequest, 'running', 'it already has an outcome');
  if (at !== null && at < legalRequest.receivedAt) {
    throw new VigieError('bad_request', `at: must not be before receivedAt, ${iso(legalRequest.receivedAt)}`);
  }
  const end = at === null ? Math.max(now, legalRequest.receivedAt) : pastOf('at', at, Math.max(now, legalRequest.receivedAt));
  const pausedMs = legalRequest.pausedMs + stoodStill(legalRequest, end);
  return { ...legalRequest, paused: null, pausedMs, outcome: { ...outcome, at: end } };
}

function stoodStill({ paused }: LegalRequest, now: number): number {
  return paused ? Math.max(0, now - paused.at) : 0;
}

function refuseUnless(legalRequest: LegalRequest, wanted: LegalRequestState, why: string): void {
  const state = stateOf(legalRequest);
  if (state === wanted) return;
  const how = legalRequest.outcome ? ` (${legalRequest.outcome.outcome}, ${iso(legalRequest.outcome.at)})` : '';
  throw new VigieError('conflict', `${nameOf(legalRequest)} is ${state}${how}: ${why}`);
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
