import { describe, expect, it } from 'vitest';
import { type LegalRequest, legalRequestIdOf, stateOf, uuidOfLegalRequestId } from '../../src/domain/legal-request.js';
import { clockOf, close, notInFuture, pause, resume, withMovedDeadlines } from '../../src/domain/legal-request-clock.js';

const hourMs = 3_600_000;
const receivedAt = Date.parse('2026-11-26T14:00:00Z');
const at = (hours: number) => receivedAt + hours * hourMs;

const order: LegalRequest = {
  id: `ord_${'0'.repeat(32)}`,
  organisation: 'tests',
  kind: 'order',
  regime: 'fr_lcen_order',
  issuer: 'OFAC',
  issuerKind: 'authority',
  reference: '2026-1',
  about: 'ticket 1',
  requestId: null,
  class: 'csam_a1',
  priority: false,
  receivedAt,
  obligations: [],
  deadlineAt: at(24),
  paused: null,
  pausedMs: 0,
  outcome: null,
};
const removed = { outcome: 'removed', reason: null, at: null } as const;
const refusal = (code: string, detail: string) => expect.objectContaining({ code, detail: expect.stringContaining(detail) });

describe('the clock', () => {
  it('runs down to 0 and is overdue after its deadline, not at it', () => {
    expect(clockOf(order, at(1))).toMatchObject({ deadlineAt: at(24), remainingMs: 23 * hourMs, overdue: false });
    expect(clockOf(order, at(24))).toMatchObject({ remainingMs: 0, overdue: false });
    expect(clockOf(order, at(24) + 1)).toMatchObject({ remainingMs: 0, overdue: true });
  });

  it("never shows more time than the law gives, even when the machine's clock was set back", () => {
    expect(clockOf(order, at(-1_000))).toMatchObject({ remainingMs: 24 * hourMs, overdue: false });
    const resumed = { ...order, pausedMs: 5 * hourMs };
    expect(clockOf(resumed, at(-1_000))).toMatchObject({ remainingMs: 24 * hourMs });
  });

  it('is never overdue without a deadline', () => {
    const clock = { deadlineAt: null, remainingMs: null, overdue: false, late: false };
    expect(clockOf({ ...order, deadlineAt: null }, at(1_000))).toEqual(clock);
  });

  it.each([
    [24, false],
    [25, true],
  ])('says whether closing after %i hours was late: %s', (hours, late) => {
    const closed = close(order, removed, at(hours));
    expect(clockOf(closed, at(1_000))).toMatchObject({ remainingMs: null, overdue: false, late });
  });
});

describe('a pause', () => {
  const paused = pause(order, 'force_majeure', at(10));

  it('stops the clock and moves the deadline by its length', () => {
    expect(clockOf(paused, at(100))).toMatchObject({ deadlineAt: null, remainingMs: 14 * hourMs, overdue: false });
    const resumed = resume(paused, at(13));
    expect(clockOf(resumed, at(14))).toMatchObject({ deadlineAt: at(27), remainingMs: 13 * hourMs });
    expect(stateOf(resumed)).toBe('running');
  });

  it('moves the deadlines of the obligations, but not their start', () => {
    const obligation = {
      regime: order.regime,
      duty: 'remove',
      demand: order.id,
      startsFrom: 'order_received',
      startedAt: new Date(receivedAt).toISOString(),
      deadlineAt: new Date(at(24)).toISOString(),
      until: null,
      recipients: [],
      basis: '',
      when: null,
      unverified: true,
    } as const;
    const [moved] = withMovedDeadlines({ ...order, obligations: [obligation], pausedMs: hourMs });
    expect(moved).toEqual({ ...obligation, deadlineAt: new Date(at(25)).toISOString() });
    const [still] = withMovedDeadlines({ ...paused, obligations: [obligation] });
    expect(still?.deadlineAt).toBeNull();
  });

  it('moves nothing if a clock set back lets it end before it began', () => {
    expect(resume(paused, at(9)).pausedMs).toBe(0);
  });

  it('gains no time if the clock was set back before the receipt', () => {
    const early = pause(order, 'force_majeure', at(-5));
    expect(clockOf(resume(early, at(0)), at(0))).toMatchObject({ deadlineAt: at(24) });
  });

  it('adds to an earlier pause', () => {
    const twice = resume(pause(resume(paused, at(12)), 'insufficient_information', at(20)), at(23));
    expect(clockOf(twice, at(23))).toMatchObject({ deadlineAt: at(29), remainingMs: 6 * hourMs });
  });

  it('is refused where the regime allows none, and the error names those it allows', () => {
    const takeItDown = { ...order, regime: 'us_take_it_down' };
    expect(() => pause(takeItDown, 'force_majeure', at(1))).toThrow(refusal('conflict', 'us_take_it_down allows no pause'));
  });

  it('is refused after the deadline', () => {
    expect(() => pause(order, 'force_majeure', at(25))).toThrow(
      refusal('conflict', 'has been overdue since 2026-11-27T14:00:00.000Z'),
    );
  });

  it('is refused during a pause, and ends only once', () => {
    expect(() => pause(paused, 'force_majeure', at(11))).toThrow(refusal('conflict', 'is paused'));
    expect(() => resume(order, at(11))).toThrow(refusal('conflict', 'is running'));
  });
});

describe('an outcome', () => {
  it('closes a paused request at the time where its clock stopped', () => {
    const closed = close(pause(order, 'force_majeure', at(20)), removed, at(40));
    expect(clockOf(closed, at(50))).toMatchObject({ deadlineAt: at(44), late: false });
    expect([stateOf(closed), closed.paused]).toEqual(['closed', null]);
  });

  it('is given once; a second attempt learns the first outcome', () => {
    const closed = close(order, removed, at(1));
    for (const again of [
      () => close(closed, { ...removed, outcome: 'refused' }, at(2)),
      () => pause(closed, 'force_majeure', at(2)),
      () => resume(closed, at(2)),
    ]) {
      expect(again).toThrow(refusal('conflict', 'is closed (removed, 2026-11-26T15:00:00.000Z)'));
    }
  });

  it('gets the time of the receipt if the clock was set back before it', () => {
    expect(close(order, removed, at(-3)).outcome?.at).toBe(receivedAt);
  });

  it('is neither before the receipt nor in the future', () => {
    expect(() => close(order, { ...removed, at: receivedAt - 1 }, at(1))).toThrow(
      refusal('bad_request', 'at: must not be before'),
    );
    expect(() => close(order, { ...removed, at: at(2) }, at(1))).toThrow(refusal('bad_request', 'at: must not be in the future'));
  });
});

describe('notInFuture', () => {
  it('accepts a clock that is up to a minute ahead', () => {
    expect(notInFuture('receivedAt', 60_000, 0)).toBe(0);
    expect(notInFuture('receivedAt', -5, 0)).toBe(-5);
    expect(() => notInFuture('receivedAt', 60_001, 0)).toThrow(
      refusal('bad_request', 'the server time is 1970-01-01T00:00:00.000Z'),
    );
  });
});

describe('ids', () => {
  const uuid = '01939393-0000-7000-8000-00000000000a';

  it('name the kind and convert back', () => {
    expect(uuidOfLegalRequestId('order', legalRequestIdOf('order', uuid))).toBe(uuid);
    expect(legalRequestIdOf('notice', uuid)).toMatch(/^ntc_[0-9a-f]{32}$/);
  });

  it.each(['', 'ord_', 'ord_xyz', `ntc_${'0'.repeat(32)}`, `ord_${'0'.repeat(33)}`])('refuse %j as an order id', (id) => {
    expect(uuidOfLegalRequestId('order', id)).toBeUndefined();
  });
});
