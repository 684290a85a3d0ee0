/** `now` may be earlier than a previous act: machine clocks are sometimes set back. */
import { VigieError } from './errors.js';
import { type LegalRequest, type LegalRequestState, nameOf, type Outcome, stateOf } from './legal-request.js';
import type { Obligation } from './obligations.js';
import type { PauseReason } from './regimes/regime.js';
import { regimeOf } from './regimes.js';

/** A caller's clock may be ahead of ours by this much. */
const skewMs = 60_000;

/** A time that is only slightly ahead becomes `now`. @throws VigieError `bad_request`. */
export function notInFuture(field: string, at: number, now: number): number {
  if (at > now + skewMs)
    throw new VigieError('bad_request', `${field}: must not be in the future; the server time is ${iso(now)}`);
  return Math.min(at, now);
}

export interface LegalRequestClock {
  /** Null: no fixed deadline, or paused. */
  readonly deadlineAt: number | null;
  /** Null: no deadline, or closed. */
  readonly remainingMs: number | null;
  readonly overdue: boolean;
  readonly late: boolean;
}

/** `remainingMs` never exceeds the time that the law gives. */
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

/** While the clock is paused there are no deadlines. */
export function withMovedDeadlines({
  obligations,
  pausedMs,
  paused,
}: Pick<LegalRequest, 'obligations' | 'pausedMs' | 'paused'>): Obligation[] {
  return obligations.map((one) => ({
    ...one,
    deadlineAt: one.deadlineAt === null || paused ? null : new Date(Date.parse(one.deadlineAt) + pausedMs).toISOString(),
  }));
}

/** @throws VigieError `conflict`. */
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
  // A pause that begins before the clock started would gain time.
  return { ...legalRequest, paused: { at: Math.max(now, legalRequest.receivedAt + legalRequest.pausedMs), reason } };
}

/** @throws VigieError `conflict`. */
export function resume(legalRequest: LegalRequest, now: number): LegalRequest {
  refuseUnless(legalRequest, 'paused', 'only a paused clock can be resumed');
  return { ...legalRequest, paused: null, pausedMs: legalRequest.pausedMs + currentPauseMs(legalRequest, now) };
}

/** `at` null: now. @throws VigieError `conflict`, `bad_request` for a time before its receipt or in the future. */
export function close(
  legalRequest: LegalRequest,
  { at, ...outcome }: Omit<Outcome, 'at'> & { at: number | null },
  now: number,
): LegalRequest {
  if (legalRequest.outcome) refuseUnless(legalRequest, 'running', 'it already has an outcome');
  if (at !== null && at < legalRequest.receivedAt) {
    throw new VigieError('bad_request', `at: must not be before receivedAt, ${iso(legalRequest.receivedAt)}`);
  }
  const end =
    at === null ? Math.max(now, legalRequest.receivedAt) : notInFuture('at', at, Math.max(now, legalRequest.receivedAt));
  const pausedMs = legalRequest.pausedMs + currentPauseMs(legalRequest, end);
  return { ...legalRequest, paused: null, pausedMs, outcome: { ...outcome, at: end } };
}

function currentPauseMs({ paused }: LegalRequest, now: number): number {
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
