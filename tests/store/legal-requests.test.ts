import { describe, expect, it, vi } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { legalRequestIdOf, type NewLegalRequest, uuidOfLegalRequestId } from '../../src/domain/legal-request.js';
import { close } from '../../src/domain/legal-request-clock.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const { legalRequests } = stores;
const receivedAt = Date.parse('2026-11-26T14:00:00.123Z');

const newDemand = (number: number, changes: Partial<NewLegalRequest> = {}): NewLegalRequest => ({
  id: legalRequestIdOf('order', `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`),
  organisation: 'tests',
  kind: 'order',
  regime: 'fr_lcen_order',
  issuer: 'OFAC',
  issuerKind: 'authority',
  reference: String(number),
  about: 'ticket',
  requestId: null,
  class: null,
  priority: false,
  receivedAt,
  obligations: [],
  deadlineAt: receivedAt + 86_400_000,
  ...changes,
});
const create = (legalRequest: NewLegalRequest) => legalRequests.create(legalRequest, setup, () => legalRequest);

describe('a legal request', () => {
  it('is read as it was stored', async () => {
    const stored = newDemand(1, { requestId: 'req_1', class: 'tvec', priority: true, about: 'two\u00a0words, ünïcode' });
    const standing = { ...stored, paused: null, pausedMs: 0, outcome: null };
    expect(await create(stored)).toEqual({ legalRequest: standing });
    expect(await legalRequests.get('tests', 'order', stored.id)).toEqual(standing);
  });

  it("is created from the organisation's regimes", async () => {
    await stores.organisations.configure('tests', setup, (settings) => ({ ...settings, regimes: ['eu_tco'] }));
    let seen: readonly string[] = [];
    await legalRequests.create(newDemand(2), setup, (regimes) => {
      seen = regimes;
      return newDemand(2);
    });
    expect(seen).toEqual(['eu_tco']);
  });

  it('is not stored when the callback throws', async () => {
    const refused = legalRequests.create(newDemand(3), setup, () => {
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await legalRequests.get('tests', 'order', newDemand(3).id)).toBeUndefined();
  });

  it('stays unchanged when the callback throws', async () => {
    const { id } = newDemand(4);
    await create(newDemand(4));
    const before = await legalRequests.get('tests', 'order', id);
    const refused = legalRequests.change({ organisation: 'tests', kind: 'order', id }, setup, 'close', () => {
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await legalRequests.get('tests', 'order', id)).toEqual(before);
  });

  it('cannot be closed without an outcome, even by SQL', async () => {
    const uuid = uuidOfLegalRequestId('order', newDemand(1).id);
    const closing = database.query('update demand set closed_at = received_at where id = $1', [uuid]);
    await expect(closing).rejects.toMatchObject({ code: '23514' });
  });

  it('cannot be closed before it was received', async () => {
    const uuid = uuidOfLegalRequestId('order', newDemand(1).id);
    const early = "update demand set closed_at = received_at - interval '1 second', outcome = 'removed' where id = $1";
    await expect(database.query(early, [uuid])).rejects.toMatchObject({ code: '23514' });
  });

  it('that does not exist cannot be changed', async () => {
    const nowhere = { organisation: 'tests', kind: 'order', id: newDemand(999).id } as const;
    expect(await legalRequests.change(nowhere, setup, 'resume', (legalRequest) => legalRequest)).toBeUndefined();
  });
});

describe('counts', () => {
  it('reads only the index of open legal requests', async () => {
    await database.query(`
      insert into demand (id, organisation, kind, regime, issuer, issuer_kind, reference, about, priority, obligations, received_at,
        outcome, closed_at)
      select gen_random_uuid(), 'tests', 'order', 'eu_tco', 'X', 'authority', n::text, '', false, '[]', now(), 'removed', now()
      from generate_series(1, 5000) n`);
    await database.query('analyze demand');
    const before = await legalRequests.counts(receivedAt);
    const { id } = newDemand(1);
    const closing = { outcome: 'removed', reason: null, at: null } as const;
    await legalRequests.change({ organisation: 'tests', kind: 'order', id }, setup, 'close', (one) =>
      close(one, closing, receivedAt),
    );
    expect((await legalRequests.counts(receivedAt)).order.open).toBe(before.order.open - 1);
    const spy = vi.spyOn(database, 'query');
    await legalRequests.counts(receivedAt);
    const [sql = '', parameters] = spy.mock.calls[0] ?? [];
    spy.mockRestore();
    expect(JSON.stringify(await database.query(`explain (format json) ${sql}`, parameters))).toContain('demand_open');
  });
});
